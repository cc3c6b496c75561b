"""Result codes of TikTok's business APIs, and the error that each stands for (api-contracts 1.3)."""

from enum import Enum, auto
from typing import NoReturn

from phygital_funnel.errors import AuthError, RateLimited, RequestRefused, SourceUnreachable

SUCCESS = frozenset({0, 20001})
"""20001 is a partial success: it is logged and taken, and the page's own count of rows has the last word."""
MAINTENANCE_SECONDS = 60.0
LATER = "Extract again later."
LONGEST_MESSAGE = 200


class Kind(Enum):
    """What can be done about a refusal."""

    THROTTLED = auto()
    MAINTENANCE = auto()
    TRANSIENT = auto()
    TOKEN = auto()
    PERMISSION = auto()
    GONE = auto()
    TOO_LARGE = auto()
    FORBIDDEN = auto()
    INVALID = auto()


_KINDS = {
    **dict.fromkeys((40016, 40100, 40132, 40133, 61000), Kind.THROTTLED),
    60001: Kind.MAINTENANCE,
    **dict.fromkeys((40050, 40200, 40201, 40202, 40700), Kind.TRANSIENT),
    **dict.fromkeys(range(40101, 40108), Kind.TOKEN),
    **dict.fromkeys((40001, 40118, 40119, 40124, 40125, 40130, 40131), Kind.PERMISSION),
    **dict.fromkeys((40007, 40300, 40301), Kind.GONE),
    **dict.fromkeys((40011, 40061, 40067), Kind.TOO_LARGE),
    **dict.fromkeys((40003, 40006, 40051, 40110, 40113, 40400), Kind.FORBIDDEN),
}
_SYSTEM_ERRORS = range(50000, 60000)
_ADVICE = {
    Kind.GONE: "The account is gone or was never there: take it out of PHYGITAL_{source}_ACCOUNTS.",
    Kind.TOO_LARGE: "TikTok finds the request too large, and it cannot be made smaller: ask TikTok's support.",
    Kind.FORBIDDEN: "TikTok refuses the app or the endpoint itself: look at the app in its developer portal.",
    Kind.INVALID: "The request itself is refused, so that trying again cannot help: check the window and the account.",
}


class TooLarge(RequestRefused):
    """The platform would answer a smaller request."""


class TokenRefused(AuthError):
    """The access token has expired or was revoked; where there is a refresh token, it may help."""


def kind_of(code: int) -> Kind:
    """What can be done about a result code; an unknown one means an invalid request."""
    return Kind.TRANSIENT if code in _SYSTEM_ERRORS else _KINDS.get(code, Kind.INVALID)


def refuse(source: str, where: str, code: int, message: str, request_id: str, *, scale: float = 1.0) -> NoReturn:
    """Raise the error of a result code.

    Args:
        source: name of the source.
        where: endpoint that answered, and the account it was asked about.
        code: the envelope's code, none of ``SUCCESS``.
        message: the envelope's message.
        request_id: the envelope's id.
        scale: divides waits, for a sandbox that is faster than the platform.

    Raises:
        SourceError: always.
    """
    kind = kind_of(code)
    what = _ended(f"{where} answered code {code}: {message[:LONGEST_MESSAGE]}")
    if kind is Kind.THROTTLED:
        raise RateLimited(source, f"{what} {LATER}", request_id=request_id)
    if kind is Kind.MAINTENANCE:
        wait = MAINTENANCE_SECONDS / scale
        raise RateLimited(source, f"{what} {LATER}", retry_after=wait, request_id=request_id)
    if kind is Kind.TRANSIENT:
        raise SourceUnreachable(source, f"{what} {LATER}", request_id=request_id)
    if kind in (Kind.TOKEN, Kind.PERMISSION):
        _refuse_access(kind, source, what, request_id)
    error = TooLarge if kind is Kind.TOO_LARGE else RequestRefused
    raise error(source, f"{what} {_ADVICE[kind].format(source=source.upper())}", request_id=request_id)


def _refuse_access(kind: Kind, source: str, what: str, request_id: str) -> NoReturn:
    name = source.upper()
    if kind is Kind.TOKEN:
        renew = f"Renew the credentials in the file that PHYGITAL_{name}_CREDENTIALS_FILE names and run again."
        raise TokenRefused(source, f"{what} {renew}", request_id=request_id)
    check = f"Check that PHYGITAL_{name}_ACCOUNTS names an account that these credentials may read, with all scopes."
    raise AuthError(source, f"{what} {check}", request_id=request_id)


def _ended(text: str) -> str:
    return f"{text.rstrip('.')}."
