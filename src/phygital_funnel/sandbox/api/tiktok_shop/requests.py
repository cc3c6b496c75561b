"""Reading of TikTok Shop requests: the signature, and parameters of which none is trusted."""

import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request

PAST_SECONDS, FUTURE_SECONDS = 300, 30
"""How far a request's timestamp may lie before and after the real time."""
PARAMETER = 36009004
"""TikTok Shop's code for any parameter it cannot use."""
_UNSIGNED = frozenset({"sign", "access_token"})
_LAST_SECOND = 2**53


class ShopRefused(Exception):
    """A request that TikTok Shop answers with an error code."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


def real_seconds() -> int:
    """Seconds since 1970 by the real clock, which clients sign with however the simulated world's clock stands."""
    return int(time.time())  # noqa: TID251  the sandbox clock is the simulated world's, and clients do not know it


def signature(secret: str, path: str, query: Sequence[tuple[str, str]], body: bytes) -> str:
    """The lower-case hexadecimal HMAC-SHA256 that a request must carry as ``sign``.

    Args:
        secret: of the application.
        path: of the request.
        query: decoded names and values; a name may come more than once.
        body: as sent; empty for multipart requests.
    """
    pairs = sorted((pair for pair in query if pair[0] not in _UNSIGNED), key=lambda pair: pair[0])
    text = path + "".join(name + value for name, value in pairs)
    signed = b"".join((secret.encode(), text.encode("utf-8", "surrogatepass"), body, secret.encode()))
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def check_signature(request: Request, secret: str, body: bytes) -> None:
    """Refuse a request that is not signed with the secret, or was signed too long ago.

    Raises:
        ShopRefused: the signature or the timestamp is missing or wrong.
    """
    given = request.query_params.get("sign", "")
    if not given:
        raise ShopRefused(
            PARAMETER, "Missing credentials. The request does not include a required signature in the query."
        )
    _check_timestamp(request.query_params.get("timestamp", ""))
    is_multipart = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    path = request.scope["path"]
    wanted = signature(secret, path, request.query_params.multi_items(), b"" if is_multipart else body)
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode()):
        raise ShopRefused(106001, "Invalid credentials. The 'sign' query parameter is invalid.")


def _check_timestamp(text: str) -> None:
    if not _is_number(text):
        raise ShopRefused(PARAMETER, "Invalid timestamp. The `timestamp` query parameter must be seconds since 1970.")
    age = real_seconds() - int(text)
    if age > PAST_SECONDS:
        reason = "must not be earlier than 5 minutes before the current time"
    elif age < -FUTURE_SECONDS:
        reason = "must not be later than 30 seconds after the current time"
    else:
        return
    raise ShopRefused(PARAMETER, f"Invalid timestamp. The value of the `timestamp` query parameter {reason}.")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


@dataclass(frozen=True)
class Parameters:
    """The parameters of one request.

    Args:
        query: names with all their values.
        body: the JSON object that was posted; empty when there was none.
        path: variable parts of the path.
    """

    query: dict[str, list[str]]
    body: dict[str, Any]
    path: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request, body: bytes) -> "Parameters":
        """Read a request.

        Raises:
            ShopRefused: the body is not a JSON object.
        """
        query: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            query.setdefault(name, []).append(value)
        return cls(query, _json_object(body) if request.method == "POST" else {}, dict(request.path_params))

    def part(self, name: str) -> str:
        """A variable part of the path."""
        return self.path[name]

    def text(self, name: str) -> str:
        """A query value; empty when it was not given."""
        return self.query.get(name, [""])[-1]

    def number(self, name: str, default: int | None, least: int, most: int) -> int:
        """A whole number of the query.

        Raises:
            ShopRefused: it is missing and has no default, is no number, or is out of range.
        """
        text = self.text(name)
        if not text and default is not None:
            return default
        if not _is_number(text) or not least <= int(text) <= most:
            raise ShopRefused(PARAMETER, f"Invalid parameter. `{name}` must be between {least} and {most}.")
        return int(text)

    def choice(self, name: str, default: str, choices: Sequence[str]) -> str:
        """A query value out of a set.

        Raises:
            ShopRefused: it is none of them.
        """
        value = self.text(name) or default
        if value not in choices:
            raise ShopRefused(PARAMETER, f"Invalid parameter. `{name}` must be one of {', '.join(choices)}.")
        return value

    def seconds(self, name: str) -> int | None:
        """A time of the body in seconds since 1970; None when it was not given.

        Raises:
            ShopRefused: it is no whole number.
        """
        value = self.body.get(name)
        if value is None:
            return None
        if isinstance(value, str) and _is_number(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LAST_SECOND:
            raise ShopRefused(PARAMETER, f"Invalid parameter. `{name}` must be seconds since 1970.")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts of the body; empty when it was not given.

        Raises:
            ShopRefused: it is something else.
        """
        value = self.body.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise ShopRefused(PARAMETER, f"Invalid parameter. `{name}` must be a list of strings.")
        return value

    def one_text(self, name: str) -> str:
        """A text of the body; empty when it was not given.

        Raises:
            ShopRefused: it is something else.
        """
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise ShopRefused(PARAMETER, f"Invalid parameter. `{name}` must be a string.")
        return value or ""

    def ids(self, name: str, most: int) -> list[str]:
        """Ids of the query: repeated, separated by commas, or as a JSON list.

        Raises:
            ShopRefused: there are none or too many.
        """
        ids = [entry for value in self.query.get(name, []) for entry in _listed(value) if entry]
        if not 1 <= len(ids) <= most:
            raise ShopRefused(PARAMETER, f"Invalid parameter. `{name}` must hold between 1 and {most} ids.")
        return list(dict.fromkeys(ids))


def _json_object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ShopRefused(PARAMETER, "Invalid parameter. The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise ShopRefused(PARAMETER, "Invalid parameter. The request body must be a JSON object.")
    return value


def _listed(value: str) -> list[str]:
    if value.startswith("["):
        try:
            entries = orjson.loads(value)
        except orjson.JSONDecodeError:
            return []
        return [str(entry) for entry in entries] if isinstance(entries, list) else []
    return [entry.strip() for entry in value.split(",")]
