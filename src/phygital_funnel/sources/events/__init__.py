"""Source ``events``: event-level data."""
