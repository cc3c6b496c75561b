"""A thin client of the TikTok Shop Partner API (api-contracts 3): signed calls, error codes, renewal of the token."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import orjson

from phygital_funnel.errors import (
    AuthError,
    RateLimited,
    RequestRefused,
    SchemaDrift,
    SourceError,
    SourceUnreachable,
)
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import HttpClient, json_body, refused_credentials, retrying
from phygital_funnel.sources.limits import RateLimit, RateLimits, account_digest
from phygital_funnel.sources.tiktok_shop.signing import signature
from phygital_funnel.sources.tiktok_shop.streams import SHOPS, SOURCE
from phygital_funnel.sources.tiktok_shop.tokens import Credentials, Pair

BASE_URL = "https://open-api.tiktokglobalshop.com"
AUTH_BASE_URL = "https://auth.tiktok-shops.com"
REFRESH_PATH = "/api/v2/token/refresh"
REQUESTS_PER_SECOND = 50
"""For one app and one shop; remembered, not documented (api-contracts 3)."""
THROTTLED, EXPIRED, NO_SCOPE, BAD_SIGN, UNKNOWN_TOKEN_OR_SHOP, BAD_PARAMETER = (
    36009002, 105002, 105005, 106001, 101000, 36009004,
)  # fmt: skip
TRANSIENT = frozenset({36009003, 36009007})
LATER = "Repeated attempts got the same: try again later."
CREDENTIAL_CODES = range(105000, 106000)
T = TypeVar("T")


class TikTokShop:
    """Calls the API for whatever shop is asked for.

    Args:
        settings: base URL and credentials.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        base_url = settings.source(SOURCE).base_url
        self._credentials = Credentials(settings, SOURCE)
        self._http = HttpClient(SOURCE, base_url or BASE_URL)
        self._sign_in = HttpClient(SOURCE, base_url or AUTH_BASE_URL)
        self._limits = RateLimits(settings, SOURCE)
        self._scale = settings.request_rate_scale

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self._sign_in.close()

    def shop(self, shop_id: str) -> tuple[dict[str, Any], str]:
        """One of the shops that have authorised the app, and the request's id.

        Raises:
            RequestRefused: it is not among them.
        """
        shops, request_id = self._ask(self._shops_once)
        if shop_id not in shops:
            raise RequestRefused(
                SOURCE,
                f"shop {shop_id} has not authorised the app; it may read {', '.join(sorted(shops)) or 'no shop'}. "
                "Correct PHYGITAL_TIKTOK_SHOP_ACCOUNTS, or let the shop's owner authorise the app.",
                request_id=request_id,
            )
        return shops[shop_id], request_id

    def cipher(self, shop_id: str) -> str:
        """What calls about a shop name it by: from the credentials file, else looked up.

        Raises:
            RequestRefused: the shop has not authorised the app.
        """
        ciphers = self._credentials.shop_ciphers
        if shop_id not in ciphers:
            ciphers[shop_id] = str(self.shop(shop_id)[0].get("cipher", ""))
        return ciphers[shop_id]

    def search(
        self,
        path: str,
        shop_id: str,
        query: dict[str, str],
        body: dict[str, Any],
        check: Callable[[dict[str, Any], str], T],
    ) -> T:
        """One page of a shop's listing.

        Args:
            path: of the endpoint.
            shop_id: whose listing it is.
            query: parameters, such as the page's size.
            body: filters.
            check: makes what is wanted of the answer's data and the request's id; the page is asked for again when it
                raises a transient error.

        Raises:
            SourceError: of the type that the answer's code stands for.
        """
        named = {"shop_cipher": self.cipher(shop_id), **query}
        content = orjson.dumps(body)
        return self._ask(lambda: check(*self._call("POST", path, named, content, shop_id)))

    def _ask(self, once: Callable[[], T]) -> T:
        """Run a call with retries of what may pass; an expired token is renewed once."""
        try:
            return retrying(once, scale=self._scale)
        except _ExpiredToken:
            self._credentials.renew(lambda token: retrying(lambda: self._refreshed(token), scale=self._scale))
        try:
            return retrying(once, scale=self._scale)
        except _ExpiredToken as error:
            raise refused_credentials(SOURCE, f"the renewed access token has expired too: {_text(error)}") from error

    def _shops_once(self) -> tuple[dict[str, dict[str, Any]], str]:
        data, request_id = self._call("GET", SHOPS.request.path, {}, b"", "")
        shops = data.get("shops") or []
        return {str(shop.get("id", "")): shop for shop in shops if isinstance(shop, dict)}, request_id

    def _limit(self, shop_id: str) -> RateLimit:
        owner = account_digest(self._credentials.app_key, shop_id)
        return self._limits.of("api", owner, REQUESTS_PER_SECOND, REQUESTS_PER_SECOND)

    def _call(
        self, method: str, path: str, query: dict[str, str], body: bytes, shop_id: str
    ) -> tuple[dict[str, Any], str]:
        self._limit(shop_id).wait()
        # The platform takes timestamps from five minutes ago to 30 s ahead by its own clock, never by a simulated one.
        now = int(time.time())  # noqa: TID251  a signature is dated by the real clock, see above
        signed = {"app_key": self._credentials.app_key, "timestamp": str(now), **query}
        signed["sign"] = signature(self._credentials.secret, path, signed, body)
        headers = {"x-tts-access-token": self._credentials.pair.access_token, "content-type": "application/json"}
        response = self._http.send(method, path, params=signed, content=body or None, headers=headers)
        return _data(path, response, shop_id, self._credentials.hidden)

    def _refreshed(self, refresh_token: str) -> Pair:
        query = {
            "app_key": self._credentials.app_key,
            "app_secret": self._credentials.secret,
            "refresh_token": refresh_token,
            "grant_type": "refresh_token",
        }
        try:
            data, _ = _data(
                REFRESH_PATH, self._sign_in.send("GET", REFRESH_PATH, params=query), "", self._credentials.hidden
            )
            return Pair(str(data["access_token"]), str(data["refresh_token"]))
        except (RequestRefused, AuthError, KeyError) as error:
            why = _text(error) if isinstance(error, SourceError) else "the answer holds no token"
            raise refused_credentials(SOURCE, f"the access token has expired and cannot be renewed: {why}") from error


class _ExpiredToken(AuthError):
    """The access token's seven days are over; the refresh token renews it."""


def _data(
    path: str, response: httpx.Response, shop_id: str, hidden: Callable[[str], str]
) -> tuple[dict[str, Any], str]:
    """The ``data`` of an answer and its request id; the code counts, whatever the HTTP status."""
    body = _envelope(path, response)
    request_id = str(body.get("request_id", ""))
    if body["code"] != 0:
        raise _error(path, body["code"], hidden(str(body.get("message", "")))[:200], request_id, shop_id)
    data = body.get("data")
    if not isinstance(data, dict):
        raise SchemaDrift(SOURCE, f"the answer of {path}", retyped={"data": f"{_kind(data)}, not an object"})
    return data, request_id


def _envelope(path: str, response: httpx.Response) -> dict[str, Any]:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise RateLimited(SOURCE, f"{path} answered 429. {LATER}")
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise SourceUnreachable(SOURCE, f"{path} answered {response.status_code}. {LATER}")
    body = json_body(SOURCE, response)
    if not isinstance(body, dict) or not isinstance(body.get("code"), int):
        raise SchemaDrift(
            SOURCE, f"the answer of {path}", missing=["code"], unexpected=body if isinstance(body, dict) else ()
        )
    return body


def _error(path: str, code: int, message: str, request_id: str, shop_id: str) -> SourceError:
    of_shop = f" about shop {shop_id}" if shop_id else ""
    what = f"{path}{of_shop} answered code {code}: {message.rstrip('.')}"
    if code == THROTTLED:
        return RateLimited(SOURCE, f"{what}. {LATER}", request_id=request_id)
    if code in TRANSIENT:
        return SourceUnreachable(SOURCE, f"{what}. {LATER}", request_id=request_id)
    if code == EXPIRED:
        return _ExpiredToken(SOURCE, f"{what}.", request_id=request_id)
    return _permanent(what, code, message, request_id)


def _permanent(what: str, code: int, message: str, request_id: str) -> SourceError:
    if code == NO_SCOPE:
        advice = "Add the scope to the app in the Partner Center and let the shop's owner authorise it again."
        return AuthError(SOURCE, f"{what}. {advice}", request_id=request_id)
    if code == BAD_SIGN:
        advice = (
            "The app secret does not belong to the app key: correct `secret` in the file that "
            "PHYGITAL_TIKTOK_SHOP_CREDENTIALS_FILE names."
        )
        return AuthError(SOURCE, f"{what}. {advice}", request_id=request_id)
    if code == UNKNOWN_TOKEN_OR_SHOP and "shop_cipher" in message:
        advice = "Correct or leave out the shop in `shop_ciphers` of the credentials file, and check that it is open."
        return RequestRefused(SOURCE, f"{what}. {advice}", request_id=request_id)
    if code == UNKNOWN_TOKEN_OR_SHOP or code in CREDENTIAL_CODES or (code == BAD_PARAMETER and "app_key" in message):
        return refused_credentials(SOURCE, what)
    if code == BAD_PARAMETER and "timestamp" in message:
        return RequestRefused(SOURCE, f"{what}. Set this machine's clock, then run again.", request_id=request_id)
    advice = "Trying again cannot help: report this message as a defect."
    return RequestRefused(SOURCE, f"{what}. {advice}", request_id=request_id)


def _text(error: SourceError) -> str:
    return str(error).removeprefix(f"{SOURCE}: ").rstrip(".")


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
