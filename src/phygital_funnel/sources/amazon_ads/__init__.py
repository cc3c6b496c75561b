"""Source ``amazon_ads``: reports of Amazon's sponsored ads."""
