"""One request's parameters: query text, in which arrays and objects are JSON text, or a JSON body."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_FLAGS = {"true": True, "false": False}
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


class Refused(Exception):
    """A request that TikTok answers with an error code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


def invalid(message: str) -> Refused:
    """The refusal of a parameter."""
    return Refused(40002, message)


class Parameters:
    """Reads parameters by type, and refuses what is not of it.

    Args:
        values: text by name for a query, JSON values for a body.
        is_query: whether arrays, objects, numbers and booleans come as text.
    """

    def __init__(self, values: Mapping[str, Any], *, is_query: bool) -> None:
        self._values = values
        self._is_query = is_query

    @classmethod
    def of_body(cls, body: bytes) -> "Parameters":
        """Parameters of a JSON body.

        Raises:
            Refused: it is not a JSON object.
        """
        try:
            values = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise invalid("The request body is not valid JSON.") from error
        if not isinstance(values, dict):
            raise invalid("The request body must be a JSON object.")
        return cls(values, is_query=False)

    def text(self, name: str, default: str = "") -> str:
        """A string; the default when it is missing or null."""
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise invalid(f"{name}: Not a valid string.")
        return value

    def required(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise invalid(f"{name}: Missing data for required field.")
        return value

    def choice(self, name: str, options: Collection[str], default: str = "") -> str:
        """One of the options; required when there is no default."""
        value = self.text(name, default) if default else self.required(name)
        if value not in options:
            raise invalid(f"{name}: Must be one of {', '.join(sorted(options))}.")
        return value

    def whole(self, name: str, default: int, most: int | None = None) -> int:
        """A whole number from 1 on."""
        value = self._values.get(name, default)
        if self._is_query and isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number or value < 1 or (most is not None and value > most):
            raise invalid(f"{name}: Must be between 1 and {most or 'the last page'}.")
        return int(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        value = self._values.get(name)
        if value is None or (self._is_query and value == ""):
            return default
        if self._is_query:
            value = _FLAGS.get(str(value).lower())
        if not isinstance(value, bool):
            raise invalid(f"{name}: Not a valid boolean.")
        return value

    def day(self, name: str) -> date:
        """A date written YYYY-MM-DD."""
        value = self.text(name)
        try:
            # Python would read other ISO forms, too.
            return date.fromisoformat(value if len(value) == len("YYYY-MM-DD") else "")
        except ValueError as error:
            raise invalid(f"{name}: Not a valid date, use YYYY-MM-DD.") from error

    def array(self, name: str) -> list[Any]:
        """An array; empty when it is missing."""
        return list(self._json(name, list) or [])

    def names(self, name: str) -> list[str]:
        """An array of strings, each kept once, in order; whole numbers are read as ids."""
        values = self.array(name)
        if not all(isinstance(value, str | int) and not isinstance(value, bool) for value in values):
            raise invalid(f"{name}: Not a valid array of strings.")
        return list(dict.fromkeys(str(value) for value in values))

    def nested(self, name: str) -> "Parameters":
        """An object, whose own values are JSON and not text."""
        return Parameters(self._json(name, dict) or {}, is_query=False)

    def has(self, name: str) -> bool:
        """Whether the parameter was sent with a value."""
        return self._values.get(name) not in (None, "")

    def _json(self, name: str, kind: type) -> Any:
        value = self._values.get(name)
        if value is None or (self._is_query and value == ""):
            return None
        if self._is_query:
            value = json_of(name, value)
        if not isinstance(value, kind):
            raise invalid(f"{name}: Not a valid {'array' if kind is list else 'object'}.")
        return value


def json_of(name: str, text: str) -> Any:
    """The value of JSON text.

    Raises:
        Refused: it is none.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise invalid(f"{name}: Not valid JSON.") from error


def moment_of(name: str, text: str) -> datetime:
    """The UTC time that a text like ``2026-10-01 00:00:00`` names.

    Raises:
        Refused: it names none.
    """
    try:
        return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise invalid(f"{name}: Not a valid time, use YYYY-MM-DD HH:MM:SS.") from error


def paged(rows: list[Any], parameters: Parameters, most: int = 1000) -> dict[str, Any]:
    """One page of rows with TikTok's page_info."""
    page, size = parameters.whole("page", 1), parameters.whole("page_size", 10, most)
    return {"list": rows[(page - 1) * size : page * size], "page_info": page_info(page, size, len(rows))}


def page_info(page: int, size: int, total: int) -> dict[str, int]:
    """Where a page stands in its listing."""
    return {"page": page, "page_size": size, "total_number": total, "total_page": -(-total // size)}
