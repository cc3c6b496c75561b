"""Source ``amazon_seller``: the Selling Partner API."""
