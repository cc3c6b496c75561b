"""One GET of TikTok's business APIs: limits, retries, the envelope and its codes (api-contracts 1.1 to 1.4)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import orjson

from phygital_funnel.errors import RequestRefused, SchemaDrift, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import HttpClient, retrying
from phygital_funnel.sources.limits import RateLimits
from phygital_funnel.sources.tiktok.codes import LATER, SUCCESS, TokenRefused, refuse

logger = logging.getLogger(__name__)

BASE_URL = "https://business-api.tiktok.com"
PREFIX = "/open_api/v1.3"
# The default tier allows an app 10 requests a second and 600 a minute, and locks it out for hours beyond that.
REQUESTS_PER_SECOND = 8
BURST = 3
TRUNCATION_HEADER = "X-Tt-Ads-Throttle"
GATEWAY_STATUSES = frozenset({408, 429})


class Tokens(Protocol):
    """The access tokens of an app."""

    @property
    def app(self) -> str:
        """What tells the app from others and nothing of its secrets; the platform counts requests by app."""
        ...

    def current(self, account: str) -> str:
        """The access token for an account."""
        ...

    def renewed(self, account: str, token: str, refused: TokenRefused, post: "Post") -> str:
        """A token that replaces the refused one, asked for with ``post``; raises ``refused`` when there is none."""
        ...


@dataclass(frozen=True)
class Answer:
    """A successful answer.

    Args:
        data: the envelope's content.
        request_id: the platform's id of the request.
        is_cut: whether the platform warned that it left rows out.
    """

    data: dict[str, Any]
    request_id: str
    is_cut: bool = False


Post = Callable[[str, dict[str, Any]], Answer]
"""Posts a JSON body to a path."""


class BusinessApi:
    """Reads the endpoints of one app.

    Args:
        settings: base URL, and how much faster than the platform a sandbox lets us go.
        source: name of the source.
        tokens: of the app.
    """

    def __init__(self, settings: Settings, source: str, tokens: Tokens) -> None:
        self.source = source
        self._tokens = tokens
        self._scale = settings.request_rate_scale
        self._http = HttpClient(source, settings.source(source).base_url or BASE_URL)
        self._limit = RateLimits(settings, source).of("api", tokens.app, REQUESTS_PER_SECOND, BURST)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, parameters: dict[str, Any], account: str) -> Answer:
        """The answer of one endpoint about an account; lists and objects go as JSON text.

        Raises:
            SourceError: of the type that the answer's code stands for.
        """
        query = {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in parameters.items()
            if value is not None
        }
        token = self._tokens.current(account)
        try:
            return self._asked(path, query, account, token)
        except TokenRefused as refused:
            return self._asked(path, query, account, self._tokens.renewed(account, token, refused, self.post))

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """The answer of one endpoint to a JSON body, without an access token.

        Raises:
            SourceError: of the type that the answer's code stands for.
        """
        return retrying(lambda: self._once("POST", path, path, json=body), scale=self._scale)

    def _asked(self, path: str, query: dict[str, str], account: str, token: str) -> Answer:
        where, headers = f"{path} for account {account}", {"Access-Token": token}
        return retrying(lambda: self._once("GET", path, where, params=query, headers=headers), scale=self._scale)

    def _once(self, method: str, path: str, where: str, **arguments: Any) -> Answer:
        self._limit.wait()
        response = self._http.send(method, f"{PREFIX}{path}", **arguments)
        self._check_status(where, response)
        code, message, request_id, data = self._opened(where, self._decoded(where, response))
        message = _masked(message, {**arguments.get("headers", {}), **arguments.get("json", {})})
        if code not in SUCCESS:
            refuse(self.source, where, code, message, request_id, scale=self._scale)
        if code:
            logger.warning("%s %s answered code %s: %s [request id %s]", self.source, where, code, message, request_id)
        return Answer(data, request_id, TRUNCATION_HEADER in response.headers)

    def _decoded(self, where: str, response: httpx.Response) -> Any:
        try:
            return orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            size = len(response.content)
            raise SourceUnreachable(
                self.source, f"{where} answered {size} bytes that are no whole JSON, as a broken gateway does. {LATER}"
            ) from error

    def _check_status(self, where: str, response: httpx.Response) -> None:
        """The platform answers 200 even to errors; anything else comes from a gateway, or from another host."""
        status = response.status_code
        if status == httpx.codes.OK:
            return
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in GATEWAY_STATUSES:
            raise SourceUnreachable(self.source, f"{where} answered HTTP {status}, as a broken gateway does. {LATER}")
        raise RequestRefused(
            self.source,
            f"{where} answered HTTP {status}, which TikTok itself never does: check "
            f"PHYGITAL_{self.source.upper()}_BASE_URL and any proxy on the way.",
        )

    def _opened(self, where: str, body: Any) -> tuple[int, str, str, dict[str, Any]]:
        """Code, message, request id and content of an envelope."""
        envelope = body if isinstance(body, dict) else {}
        code, data, request_id = envelope.get("code"), envelope.get("data"), str(envelope.get("request_id") or "")
        if type(code) is not int:
            raise SchemaDrift(self.source, f"the answer of {where}", missing=("code",))
        if data is not None and not isinstance(data, dict):
            raise SchemaDrift(self.source, f"the answer of {where} [request id {request_id}]", missing=("data",))
        return code, " ".join(str(envelope.get("message") or "").split()), request_id, data or {}


def _masked(message: str, sent: dict[str, Any]) -> str:
    """The platform's words without any secret of the request, should it have repeated one."""
    for name, text in sent.items():
        if "token" in name.lower() or "secret" in name.lower():
            message = message.replace(str(text), "***")
    return message
