"""From the API's nested objects to rows: one per object, or one per line of it with the object's fields repeated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from phygital_funnel.errors import SchemaDrift
from phygital_funnel.sources.stream import Stream
from phygital_funnel.sources.tiktok_shop.requests import Listing

Object = dict[str, Any]


class Rows:
    """Makes the rows of one shop's stream.

    Args:
        stream: what the rows are of.
        shop_id: whose they are; the API does not repeat it.
    """

    def __init__(self, stream: Stream, shop_id: str) -> None:
        self._stream = stream
        self._listing: Listing = stream.request
        self._shop_id = shop_id
        self._renamed = dict(self._listing.renamed)
        self._places: dict[tuple[str, str], _Place] = {}

    def of(self, objects: list[Object], page: int) -> list[dict[str, Any]]:
        """The rows of the objects of one page.

        Args:
            objects: as the API gave them.
            page: its number, for the error.

        Raises:
            SchemaDrift: a part or the lines are missing or of another shape.
        """
        try:
            return [row for found in objects for row in self._rows(found)]
        except _WrongShapeError as wrong:
            raise self.drift(page, wrong.field, wrong.found, wrong.wanted) from wrong

    def drift(self, page: int, field: str, found: object, wanted: str) -> SchemaDrift:
        """The error for a field that is missing, or that is not what it should be."""
        where = f"{self._stream.name} of {self._shop_id}, page {page}"
        if found is None:
            return SchemaDrift(self._stream.source, where, missing=[field])
        return SchemaDrift(self._stream.source, where, retyped={field: f"{called(found)}, not {wanted}"})

    def _rows(self, found: Object) -> Iterator[dict[str, Any]]:
        shared = {"shop_id": self._shop_id, **self._dated(found), **self._columns(found, "", "")}
        name = self._listing.lines
        if not name:
            yield shared
            return
        lines = found.get(name)
        if not isinstance(lines, list):
            raise _WrongShapeError(name, lines, "a list")
        for line in lines:
            if not isinstance(line, dict):
                raise _WrongShapeError(f"{name}[]", line, "an object")
            yield {**shared, **self._columns(line, f"{name}.", self._listing.prefix)}
        if not lines:
            # An object without lines is one row whose line is NULL: it is quarantined, and not lost.
            yield {**dict.fromkeys(self._stream.required), **shared}

    def _dated(self, found: Object) -> dict[str, str]:
        listing = self._listing
        if not listing.date:
            return {}
        return {listing.date: datetime.fromtimestamp(found[listing.time], UTC).date().isoformat()}

    def _columns(self, found: Object, path: str, prefix: str) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for name, value in found.items():
            place = self._places.get((path, name)) or self._place(path, name, prefix)
            if place.is_part and value is not None:
                if not isinstance(value, dict):
                    raise _WrongShapeError(place.path, value, "an object")
                columns.update(self._columns(value, f"{place.path}.", f"{place.column}_"))
            elif place.lands:
                columns[place.column] = value
        return columns

    def _place(self, path: str, name: str, prefix: str) -> "_Place":
        """What becomes of a field; worked out once, because a page has tens of thousands of them."""
        place, listing = f"{path}{name}", self._listing
        column = self._renamed.get(place, f"{prefix}{name}")
        is_left_out = column in listing.left_out or column.startswith(listing.private)
        lands = place != listing.lines and (column in self._stream.columns or not is_left_out)
        found = self._places[path, name] = _Place(place, column, place in listing.parts, lands)
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    """What becomes of a field.

    Args:
        path: where it stands.
        column: its column, or the beginning of its fields' columns.
        is_part: whether its fields become columns.
        lands: whether it does itself.
    """

    path: str
    column: str
    is_part: bool
    lands: bool


class _WrongShapeError(Exception):
    """A field that holds something else than it should."""

    def __init__(self, field: str, found: object, wanted: str) -> None:
        self.field, self.found, self.wanted = field, found, wanted
        super().__init__(field)


def called(found: object) -> str:
    """What a JSON value is called in an error."""
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(found), "nothing")
