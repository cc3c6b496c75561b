"""Reading of Accounts API requests; none of what they say is trusted."""

from collections.abc import Collection
from datetime import date
from typing import Any

import orjson
from starlette.requests import Request

from phygital_funnel.sandbox.world.times import day_number

INVALID = 40002
"""TikTok's code for a parameter it cannot use."""


class AccountRefused(Exception):
    """A request that TikTok answers with an error code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


def fields(request: Request, allowed: Collection[str], default: Collection[str]) -> list[str]:
    """The names that the JSON list ``fields`` asks for; the default when there is none.

    Raises:
        AccountRefused: it is no list of texts, or a name is unknown.
    """
    wanted = _json(request, "fields", list)
    if wanted is None:
        return list(default)
    unknown = [str(name) for name in wanted if not isinstance(name, str) or name not in allowed]
    if unknown:
        raise AccountRefused(INVALID, f"fields: Invalid fields: {', '.join(unknown)[:200]}.")
    return list(dict.fromkeys(wanted))


def filters(request: Request) -> dict[str, Any]:
    """The JSON object ``filters``; empty when there is none.

    Raises:
        AccountRefused: it is no object, or a filter is of the wrong type.
    """
    found = _json(request, "filters", dict) or {}
    ids = found.get("video_ids", [])
    if not isinstance(ids, list) or not all(isinstance(video_id, str) for video_id in ids):
        raise AccountRefused(INVALID, "filters.video_ids: Not a valid list of strings.")
    if not isinstance(found.get("ad_post_only", False), bool):
        raise AccountRefused(INVALID, "filters.ad_post_only: Not a valid boolean.")
    return found


def number(request: Request, name: str, default: int, most: int) -> int:
    """A whole number from 1 on, or the default when it was not given.

    Raises:
        AccountRefused: it is no number or out of range.
    """
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 19) or not 1 <= int(text) <= most:
        raise AccountRefused(INVALID, f"{name}: Must be between 1 and {most}.")
    return int(text)


def day(request: Request, name: str, default: int) -> int:
    """A date as a day number, or the default when it was not given.

    Raises:
        AccountRefused: it is no date.
    """
    text = request.query_params.get(name)
    if not text:
        return default
    try:
        return day_number(date.fromisoformat(text))
    except ValueError as error:
        raise AccountRefused(INVALID, f"{name}: Not a valid date, use YYYY-MM-DD.") from error


def posted(body: bytes) -> dict[str, str]:
    """The texts of a posted JSON object; what is no text counts as not given.

    Raises:
        AccountRefused: the body is no JSON object.
    """
    return {name: text for name, text in posted_object(body).items() if isinstance(text, str)}


def posted_object(body: bytes) -> dict[str, Any]:
    """A posted JSON object.

    Raises:
        AccountRefused: the body is no JSON object.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise AccountRefused(INVALID, "The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise AccountRefused(INVALID, "The request body must be a JSON object.")
    return value


def _json(request: Request, name: str, kind: type) -> Any:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        value = orjson.loads(text.encode("utf-8", "surrogatepass"))
    except orjson.JSONDecodeError as error:
        raise AccountRefused(INVALID, f"{name}: Not valid JSON.") from error
    if not isinstance(value, kind):
        raise AccountRefused(INVALID, f"{name}: Not a valid {kind.__name__}.")
    return value
