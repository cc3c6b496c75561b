"""Source ``amazon_attribution``: Amazon Attribution."""
