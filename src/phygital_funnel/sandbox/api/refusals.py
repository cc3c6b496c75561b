"""How each family refuses a request: the error's shape, and what each kind of refusal says in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from math import ceil

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from phygital_funnel.sandbox.api.state import Sandbox, ads_error, seller_error

MAX_RETRY_AFTER = 3600
_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    "<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Refusal:
    """One refusal.

    Args:
        status: of HTTP.
        code: the platform's own, which some leave empty.
        message: the words that come with it.
    """

    status: int
    code: int | str
    message: str


@dataclass(frozen=True)
class Family:
    """What the paths of one family have in common.

    Args:
        prefixes: of its paths.
        write: puts a refusal into the family's error shape.
        refusals: by kind; a kind that is not here is one the family does not know.
        hints: whether a throttled client is told how long to wait unless a fault says otherwise.
    """

    name: str
    prefixes: tuple[str, ...]
    write: Callable[[Sandbox, Refusal], Response]
    refusals: Mapping[str, Refusal]
    hints: bool = False


def _in_envelope(sandbox: Sandbox, refusal: Refusal) -> Response:
    return sandbox.tiktok({}, int(refusal.code), refusal.message)


def _of_display(sandbox: Sandbox, refusal: Refusal) -> Response:
    error = {"code": refusal.code, "message": refusal.message, "log_id": sandbox.request_id()}
    return JSONResponse({"data": {}, "error": error}, status_code=refusal.status)


def _of_login(sandbox: Sandbox, refusal: Refusal) -> Response:
    body = {"error": refusal.code, "error_description": refusal.message}
    return JSONResponse(body, status_code=refusal.status)


def _of_ads(sandbox: Sandbox, refusal: Refusal) -> Response:
    return ads_error(refusal.status, refusal.message)


def _of_reporting(sandbox: Sandbox, refusal: Refusal) -> Response:
    # The third version of the API says "detail" where the older ones say "details".
    return JSONResponse({"code": str(refusal.status), "detail": refusal.message}, status_code=refusal.status)


def _of_seller(sandbox: Sandbox, refusal: Refusal) -> Response:
    details = "The access token you provided has expired." if refusal.status == 403 else ""
    return seller_error(refusal.status, str(refusal.code), refusal.message, details)


def _of_storage(sandbox: Sandbox, refusal: Refusal) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>"
    )
    return Response(body, status_code=refusal.status, media_type="application/xml")


def _of_files(sandbox: Sandbox, refusal: Refusal) -> Response:
    return PlainTextResponse(refusal.message, status_code=refusal.status)


def _plain(**kinds: tuple[int, int | str, str]) -> dict[str, Refusal]:
    return {kind: Refusal(*values) for kind, values in kinds.items()}


_TIKTOK = _plain(
    throttle=(200, 40100, "Too many requests. Please retry in some time."),
    server_error=(200, 50000, "System error. Please retry later."),
    maintenance=(200, 60001, "The service is under maintenance. Please retry later."),
    revoked_token=(200, 40105, "Access token is incorrect or has been revoked."),
    expired_token=(200, 40102, "Access token has expired."),
    bad_request=(200, 40002, "The request cannot be read."),
    not_found=(200, 40400, "No such path."),
    method_not_allowed=(200, 40400, "No such path for this method."),
    too_large=(200, 40002, "The request body is too large."),
)
_DISPLAY = _plain(
    throttle=(429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later."),
    server_error=(500, "internal_error", "Something went wrong. Please try again later."),
    revoked_token=(401, "access_token_invalid", "The access token is invalid or not found in the request."),
    expired_token=(401, "access_token_invalid", "The access token is invalid or not found in the request."),
    bad_request=(400, "invalid_params", "The request cannot be read."),
    not_found=(404, "invalid_params", "No such path."),
    method_not_allowed=(405, "invalid_params", "No such path for this method."),
    too_large=(400, "invalid_params", "The request body is too large."),
)
_SHOP = _plain(
    throttle=(200, 36009002, "Too many requests"),
    server_error=(200, 36009003, "Internal error"),
    revoked_token=(200, 105002, "Expired credentials. The 'access_token' is expired."),
    expired_token=(200, 105002, "Expired credentials. The 'access_token' is expired."),
    bad_request=(200, 36009004, "The request cannot be read."),
    not_found=(200, 36009009, "Invalid path"),
    method_not_allowed=(200, 36009010, "Invalid request method"),
    too_large=(200, 36009004, "The request body is too large."),
)
_LOGIN = _plain(
    throttle=(429, "slow_down", "Too many requests"),
    server_error=(500, "server_error", "Internal Server Error"),
    revoked_token=(400, "invalid_grant", "The request has an invalid grant parameter : refresh_token"),
    bad_request=(400, "invalid_request", "The request cannot be read"),
    not_found=(404, "invalid_request", "Not Found"),
    method_not_allowed=(405, "invalid_request", "Method Not Allowed"),
    too_large=(413, "invalid_request", "The request body is too large"),
)
_ADS = _plain(
    throttle=(429, "", "Too Many Requests"),
    server_error=(500, "", "Internal Server Error"),
    maintenance=(503, "", "Service Unavailable"),
    revoked_token=(401, "", "Not authorized to access scope"),
    expired_token=(401, "", "Not authorized to access scope: the access token is invalid or has expired"),
    bad_request=(400, "", "The request cannot be read."),
    not_found=(404, "", "Not Found"),
    method_not_allowed=(405, "", "Method Not Allowed"),
    too_large=(413, "", "The request body is too large."),
)
_SELLER = _plain(
    throttle=(429, "QuotaExceeded", "You exceeded your quota for the requested resource."),
    server_error=(500, "InternalFailure", "We encountered an internal error. Please try again."),
    maintenance=(503, "ServiceUnavailable", "Service is temporarily unavailable. Please try again."),
    revoked_token=(403, "Unauthorized", "Access to requested resource is denied."),
    expired_token=(403, "Unauthorized", "Access to requested resource is denied."),
    bad_request=(400, "InvalidInput", "The request cannot be read."),
    not_found=(404, "NotFound", "The specified resource does not exist."),
    method_not_allowed=(405, "InvalidInput", "The specified method is not allowed on the resource."),
    too_large=(413, "RequestTooLarge", "The request body is too large."),
)
_STORAGE = _plain(
    throttle=(503, "SlowDown", "Please reduce your request rate."),
    server_error=(500, "InternalError", "We encountered an internal error. Please try again."),
    expired_document=(403, "AccessDenied", "Request has expired"),
    bad_request=(400, "InvalidRequest", "The request cannot be read."),
    not_found=(404, "NoSuchKey", "The specified key does not exist."),
    method_not_allowed=(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
    too_large=(400, "EntityTooLarge", "The request body is too large."),
)
_FILES = _plain(
    throttle=(429, "", "Too Many Requests"),
    server_error=(500, "", "Internal Server Error"),
    maintenance=(503, "", "Service Unavailable"),
    revoked_token=(401, "", "Unauthorized"),
    bad_request=(400, "", "Bad Request"),
    not_found=(404, "", "Not Found"),
    method_not_allowed=(405, "", "Method Not Allowed"),
    too_large=(413, "", "Content Too Large"),
)
_SHOP_PREFIXES = (
    "/api/v2/token", "/authorization/", "/order/", "/product/", "/affiliate_seller/", "/affiliate_creator/",
    "/return_refund/", "/analytics/", "/finance/", "/fulfillment/", "/promotion/", "/seller/",
)  # fmt: skip
_SELLER_PREFIXES = (
    "/orders/",
    "/sales/",
    "/reports/",
    "/tokens/",
    "/catalog/",
    "/dataKiosk/",
    "/sellers/",
    "/finances/",
    "/vendor/",
    "/feeds/",
    "/fba/",
)
_ADS_PREFIXES = (
    "/v2/profiles",
    "/attribution/",
    "/sp/",
    "/sb/",
    "/sd/",
    "/portfolios/",
    "/v2/sp/",
    "/stores/",
    "/amc/",
)
_DUPLICATE = Refusal(425, "", "The Request is a duplicate of : 00000000-0000-4000-8000-000000000425")

FAMILIES = (
    Family("tiktok", ("/open_api/",), _in_envelope, _TIKTOK),
    Family("display", ("/v2/video/", "/v2/user/", "/v2/oauth/"), _of_display, _DISPLAY),
    Family("shop", _SHOP_PREFIXES, _in_envelope, _SHOP),
    Family("login", ("/auth/",), _of_login, _LOGIN),
    Family("reporting", ("/reporting/",), _of_reporting, {**_ADS, "too_early": _DUPLICATE}, hints=True),
    Family("ads", _ADS_PREFIXES, _of_ads, _ADS, hints=True),
    Family("seller", _SELLER_PREFIXES, _of_seller, _SELLER),
    Family("storage", ("/_",), _of_storage, _STORAGE),
)
FILES = Family("files", ("/",), _of_files, _FILES)
"""The file drop, and every path that belongs to nobody."""

THROTTLES = frozenset({"throttle", "throttle_bare", "throttle_hint"})
KINDS = frozenset({*THROTTLES, "too_early", "server_error", "bad_gateway", "maintenance", "revoked_token"}) | {
    "expired_token",
    "expired_document",
}
"""Refusals that can be ordered."""


def family_of(path: str) -> Family:
    """The family that a path belongs to."""
    return next((family for family in FAMILIES if path.startswith(family.prefixes)), FILES)


def can_refuse(path: str, kind: str) -> bool:
    """Whether the family of a path has this kind of refusal."""
    return kind == "bad_gateway" or _known_as(kind) in family_of(path).refusals


def refuse(sandbox: Sandbox, path: str, kind: str, seconds: float = 1.0) -> Response:
    """The refusal of one kind in the shape of the family that a path belongs to.

    Args:
        sandbox: gives the request ids.
        path: of the request.
        kind: one of ``KINDS`` that ``can_refuse`` allows, or bad_request, not_found, method_not_allowed, too_large.
        seconds: what Retry-After says, rounded up, where the answer has it.
    """
    if kind == "bad_gateway":
        return HTMLResponse(_BAD_GATEWAY, status_code=502)
    family = family_of(path)
    response = family.write(sandbox, family.refusals[_known_as(kind)])
    hints = kind == "throttle_hint" or (kind == "throttle" and family.hints)
    if hints and response.status_code in (429, 503):
        response.headers["Retry-After"] = str(max(1, min(MAX_RETRY_AFTER, ceil(seconds))))
    return response


def _known_as(kind: str) -> str:
    return "throttle" if kind in THROTTLES else kind
