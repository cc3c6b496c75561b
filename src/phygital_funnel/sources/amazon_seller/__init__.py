"""Source ``amazon_seller``: Amazon Selling Partner API."""
