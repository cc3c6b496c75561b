"""Source ``reference``: reference files."""
