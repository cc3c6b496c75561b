"""How each stream of the Partner API is asked for, and what its objects become."""

from dataclasses import dataclass
from enum import StrEnum


class Paging(StrEnum):
    """How a listing is read to its end."""

    BY_TIME = "by time"
    """In ascending order of a time that only grows; each page asks on from the last time that was read."""
    BY_WEEK = "by week"
    """Week by week of a time that never changes; within a week by the platform's page tokens."""
    IN_PAGES = "in pages"
    """By the platform's page tokens alone."""
    WHOLE = "whole"
    """One answer."""


@dataclass(frozen=True)
class Listing:
    """One listing of the API.

    A column's name is the path of the field: ``payment.tax`` becomes ``payment_tax``, and a field of a line gets the
    lines' prefix.

    Args:
        path: of the endpoint.
        objects: field of ``data`` that holds the list.
        id: field that identifies an object.
        lines: field of an object whose entries become the rows; empty when the object itself is the row.
        prefix: of the columns of lines.
        renamed: column for a path, where the rule above would give a poor name.
        parts: fields that are objects of their own; their fields become columns.
        paging: how it is read to the end.
        time: field that the window is about.
        date: column for the UTC date of that time; empty for none.
        private: beginnings of column names that are left out on purpose, known or not: they tell of a person.
        left_out: columns that the platform documents and nobody here needs.
    """

    path: str
    objects: str
    id: str
    lines: str = ""
    prefix: str = ""
    renamed: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    paging: Paging = Paging.IN_PAGES
    time: str = ""
    date: str = ""
    private: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
