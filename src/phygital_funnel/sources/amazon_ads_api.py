"""A thin client of the Amazon Ads host, which Attribution and the sponsored ads' reports share (api-contracts 5)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from phygital_funnel.errors import AuthError, RateLimited, RequestRefused, SourceError, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_auth import AccessTokens
from phygital_funnel.sources.http import HttpClient, refused_credentials, retrying
from phygital_funnel.sources.limits import RateLimits
from phygital_funnel.sources.stream import snake_case

BASE_URL = "https://advertising-api.amazon.com"
PRODUCTS = {"amazon_attribution": "Amazon Attribution", "amazon_ads": "Sponsored Products reports"}
LONGEST_REASON = 300
LONGEST_TEXT = 80
AGAIN = "Nothing of it was landed; run again later."


@dataclass(frozen=True)
class Operation:
    """An endpoint, or endpoints that are counted together. Amazon publishes no rates here, so these are careful ones.

    Args:
        name: for the bucket and for messages.
        per_second: requests per second and profile.
        burst: requests that may go at once.
    """

    name: str
    per_second: float
    burst: int


@dataclass(frozen=True)
class Answer:
    """What Amazon answered.

    Args:
        status: of HTTP.
        body: its JSON.
        request_id: Amazon's id of the request.
    """

    status: int
    body: Any
    request_id: str


class ColumnNames(dict[str, str]):
    """Wire name to column, worked out once per name."""

    def __missing__(self, name: str) -> str:
        self[name] = snake_case(name)
        return self[name]


class InternalError(SourceUnreachable):
    """HTTP 500: Amazon's own failure, for which a request that asks for too much is one cause."""


class AmazonAdsApi:
    """Calls the Ads host in the name of whatever profile is asked for.

    Args:
        settings: base URL and credentials.
        source: whose; ``amazon_attribution`` or ``amazon_ads``.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings, source: str) -> None:
        self._source = source
        self._tokens = AccessTokens(settings, source)
        self.http = HttpClient(source, settings.source(source).base_url or BASE_URL)
        self._limits = RateLimits(settings, source)
        self.scale = settings.request_rate_scale

    def close(self) -> None:
        """Close the connections."""
        self.http.close()
        self._tokens.close()

    def call(self, operation: Operation, method: str, path: str, **arguments: Any) -> Answer:
        """As ``call_once``, repeated as long as the error is one that passes."""
        return retrying(lambda: self.call_once(operation, method, path, **arguments), scale=self.scale)

    def call_once(
        self,
        operation: Operation,
        method: str,
        path: str,
        *,
        where: str,
        profile: str = "",
        also: Collection[int] = (),
        **arguments: Any,
    ) -> Answer:
        """Send one request; a token that is refused is renewed once.

        Args:
            operation: whose quota it is taken from.
            method: of HTTP.
            path: on the host.
            where: what is being read, for messages: stream, profile and dates.
            profile: in whose name; empty where the endpoint is for none.
            also: statuses besides 200 that are answers and not errors.
            **arguments: of httpx.

        Raises:
            AuthError: the credentials are refused, or this profile may not use the endpoint.
            RequestRefused: the request is invalid.
            TransientSourceError: throttled, a server error, or no JSON.
        """
        response, token = self._send(operation, method, path, profile, arguments)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._tokens.forget(token)
            response, _ = self._send(operation, method, path, profile, arguments)
        request_id = response.headers.get("x-amzn-RequestId", "")
        if response.status_code != httpx.codes.OK and response.status_code not in also:
            raise self._error(f"{where}: {path}", profile, response, request_id)
        return Answer(response.status_code, self._decoded(f"{where}: {path}", response, request_id), request_id)

    def _send(
        self, operation: Operation, method: str, path: str, profile: str, arguments: dict[str, Any]
    ) -> tuple[httpx.Response, str]:
        """The response and the token it was asked for with."""
        self._limits.of(operation.name, profile, operation.per_second, operation.burst).wait()
        token = self._tokens.token()
        headers = {
            **arguments.get("headers", {}),
            "Authorization": f"Bearer {token}",
            "Amazon-Advertising-API-ClientId": self._tokens.credentials["client_id"],
        }
        if profile:
            headers["Amazon-Advertising-API-Scope"] = profile
        return self.http.send(method, path, **{**arguments, "headers": headers}), token

    def _decoded(self, where: str, response: httpx.Response, request_id: str) -> Any:
        try:
            return orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            shown = self._tokens.masked(repr(response.text[:LONGEST_TEXT]))
            raise SourceUnreachable(
                self._source,
                f"{where} answered {response.status_code} with what is not JSON: {shown}. {AGAIN}",
                request_id=request_id,
            ) from error

    def _error(self, where: str, profile: str, response: httpx.Response, request_id: str) -> SourceError:
        status = response.status_code
        what = f"{where} answered {status}: {self._tokens.masked(reason_of(response)).rstrip('.')}"
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return RateLimited(
                self._source,
                f"{what}. {AGAIN} A PHYGITAL_REQUEST_RATE_SCALE below 1 asks more slowly.",
                retry_after=_retry_after(response),
                request_id=request_id,
            )
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return self._not_allowed(what, profile, status, request_id)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            kind = InternalError if status == httpx.codes.INTERNAL_SERVER_ERROR else SourceUnreachable
            return kind(self._source, f"{what}. {AGAIN}", request_id=request_id)
        return RequestRefused(
            self._source, f"{what}. Nothing of it was landed; check the account and the window.", request_id=request_id
        )

    def _not_allowed(self, what: str, profile: str, status: int, request_id: str) -> AuthError:
        accounts = f"PHYGITAL_{self._source.upper()}_ACCOUNTS"
        if not profile:
            return refused_credentials(self._source, what)
        if status == httpx.codes.UNAUTHORIZED:
            return refused_credentials(
                self._source, f"{what}. Check that {accounts} names a profile of the credentials"
            )
        return AuthError(
            self._source,
            f"{what}. Profile {profile} may not use {PRODUCTS[self._source]} with these credentials: enrol it or have "
            f"its owner grant access, else take it out of {accounts}. Other profiles are not affected.",
            request_id=request_id,
        )


def reason_of(response: httpx.Response) -> str:
    """What an error's body says, in one short line: it comes from outside."""
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return repr(response.text[:LONGEST_REASON])
    names = ("details", "detail", "message") if isinstance(body, dict) else ()
    text = next((str(body[name]) for name in names if body.get(name)), response.text)
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_REASON])


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds Amazon asks to wait; None when it does not say, or not in seconds."""
    try:
        seconds = float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
    return seconds if 0 <= seconds < float("inf") else None
