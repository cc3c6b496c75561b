"""What every call of the Ads API must show before it is answered: an application, its token, a profile and a quota."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from phygital_funnel.sandbox.api.refusals import refuse
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.world.catalogue import Market

RETRY_AFTER_SECONDS = 1
Endpoint = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """A request that an API refuses.

    Args:
        status: of HTTP.
        reason: what the client is told.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Call:
    """A request that has been let in.

    Args:
        request: as it came.
        body: all of it.
        market: of the profile it is for; None where the call is for none or the profile is nobody's.
    """

    request: Request
    body: bytes
    market: Market | None


class Gate:
    """Lets requests in. The two applications of the Ads host open all of its families, and no other one does.

    Args:
        sandbox: the sandbox.
        refusal: puts a status and a reason into the family's error shape.
    """

    def __init__(self, sandbox: Sandbox, refusal: Callable[[int, str], Response]) -> None:
        self._sandbox = sandbox
        self._refusal = refusal
        self._clients = {sandbox.credentials.attribution.client_id, sandbox.credentials.ads.client_id}
        self._profiles = {market.profile_id: market for market in sandbox.world.markets if market.has_amazon}

    def guarded(self, operation: str, handler: Callable[[Call], Response]) -> Endpoint:
        """An endpoint that answers with the handler's response when the request may come in.

        Args:
            operation: whose quota the request is taken from.
            handler: may raise ``Refused``; runs in a thread of its own.
        """

        async def answer(request: Request) -> Response:
            path = request.url.path
            market = self._profiles.get(request.headers.get("amazon-advertising-api-scope", ""))
            if not self._is_authorised(request):
                return refuse(self._sandbox, path, "expired_token")
            if not self._sandbox.throttle.admits(operation, market.profile_id if market else ""):
                return refuse(self._sandbox, path, "throttle", RETRY_AFTER_SECONDS)
            try:
                response = await run_in_threadpool(handler, Call(request, await request.body(), market))
            except Refused as refused:
                response = self._refusal(refused.status, refused.reason)
            response.headers["x-amzn-RequestId"] = self._sandbox.request_id()
            return response

        return answer

    def _is_authorised(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        client_id = request.headers.get("amazon-advertising-api-clientid", "")
        is_ours = client_id in self._clients and self._sandbox.tokens.owner(token.strip()) == client_id
        return scheme.lower() == "bearer" and is_ours


def json_object(body: bytes) -> dict[str, Any]:
    """A body that must be a JSON object.

    Raises:
        Refused: it is anything else.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise Refused(400, "The request body is not an object.")
    return value


def json_response(content: object, media_type: str = "application/json") -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(content), media_type=media_type)
