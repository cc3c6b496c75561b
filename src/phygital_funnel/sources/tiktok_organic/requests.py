"""How each stream of the Accounts API is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Posts:
    """An account's posts, newest first, paged by the time they were posted at.

    Args:
        path: of the endpoint.
        fields: what to tell of each.
    """

    path: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """An account's profile with figures by day, all at once.

    Args:
        path: of the endpoint.
        fields: what to tell, of the profile and of each day.
    """

    path: str
    fields: tuple[str, ...]
