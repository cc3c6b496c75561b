"""Source ``links``: the brand's link redirector."""
