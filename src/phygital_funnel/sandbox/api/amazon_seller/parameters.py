"""Query parameters of the Selling Partner API: lists, numbers and times from text that anyone may have written."""

from collections.abc import Collection
from datetime import datetime

from starlette.requests import Request

from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.api.amazon_seller.wire import parsed_time


class Parameters:
    """The query of one request; parameters that no operation knows are ignored, as the platform does.

    Args:
        request: the request.
    """

    def __init__(self, request: Request) -> None:
        self._query = request.query_params

    def text(self, name: str) -> str | None:
        """A parameter's value; None when it is absent or empty."""
        return self._query.get(name) or None

    def values(self, name: str) -> list[str]:
        """The values of a list that may be comma-joined, repeated or both."""
        return [value for text in self._query.getlist(name) for value in text.split(",") if value]

    def choices(self, name: str, known: Collection[str]) -> list[str]:
        """The values of a list, each of which must be known.

        Raises:
            InvalidInput: one is not.
        """
        given = self.values(name)
        for value in given:
            if value not in known:
                raise InvalidInput(f"Value {value[:80]!r} of {name} is not one of {', '.join(sorted(known))}.")
        return given

    def choice(self, name: str, known: Collection[str]) -> str | None:
        """One value that must be known; None when the parameter is absent.

        Raises:
            InvalidInput: it is not known.
        """
        value = self.text(name)
        if value is not None and value not in known:
            raise InvalidInput(f"Value {value[:80]!r} of {name} is not one of {', '.join(sorted(known))}.")
        return value

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A whole number.

        Raises:
            InvalidInput: it is none, or out of range.
        """
        text = self.text(name)
        if text is None:
            return default
        digits = text.isascii() and text.isdigit() and len(text) <= 9
        if not digits or not lowest <= int(text) <= highest:
            raise InvalidInput(f"{name} must be a whole number from {lowest} to {highest}.")
        return int(text)

    def time(self, name: str) -> datetime | None:
        """An aware UTC time; None when the parameter is absent.

        Raises:
            InvalidInput: it is no ISO 8601 time.
        """
        text = self.text(name)
        return None if text is None else parsed_time(text, name)
