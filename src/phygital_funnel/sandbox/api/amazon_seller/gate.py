"""What every operation of the Selling Partner API has in common: token, quota, error answers and headers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_seller.parameters import Parameters
from phygital_funnel.sandbox.api.amazon_seller.refusals import Refused, exceeded_quota, refused_token
from phygital_funnel.sandbox.api.amazon_seller.restricted import Grant, RestrictedTokens
from phygital_funnel.sandbox.api.limits import LIMITS
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.world.times import micros


@dataclass(frozen=True)
class Call:
    """One admitted request.

    Args:
        request: the request.
        body: its body.
        moment: the sandbox's time.
        grant: what a restricted data token lets it see.
    """

    request: Request
    body: bytes
    moment: datetime
    grant: Grant

    @property
    def now(self) -> int:
        """The sandbox's time in microseconds."""
        return micros(self.moment)

    @property
    def parameters(self) -> Parameters:
        """The query."""
        return Parameters(self.request)

    def part(self, name: str) -> str:
        """A variable part of the path."""
        return str(self.request.path_params[name])

    def may_see(self, element: str = "") -> bool:
        """Whether the token covers personal data of this path: a data element, or the path as a whole."""
        return self.grant.covers(self.request.method, self.request.url.path, element)


Handler = Callable[[Call], Response]


class Gate:
    """Admits requests with a valid token within the usage plan.

    Args:
        sandbox: knows tokens, quotas and the time.
        restricted: knows restricted data tokens.
    """

    def __init__(self, sandbox: Sandbox, restricted: RestrictedTokens) -> None:
        self._sandbox = sandbox
        self._restricted = restricted
        self._client_id = sandbox.credentials.seller.client_id

    def route(self, path: str, operation: str, handler: Handler, method: str = "GET") -> Route:
        """A guarded endpoint; its quota is the operation's in ``limits.LIMITS``."""

        async def endpoint(request: Request) -> Response:
            response = await self._answer(request, operation, handler)
            response.headers["x-amzn-RequestId"] = self._sandbox.request_id()
            return response

        return Route(path, endpoint, methods=[method])

    async def _answer(self, request: Request, operation: str, handler: Handler) -> Response:
        token = request.headers.get("x-amz-access-token", "")
        grant = self._restricted.grant(token)
        if grant is None:
            return refused_token(token)
        if not self._sandbox.throttle.admits(operation, self._client_id):
            return exceeded_quota()
        call = Call(request, await request.body(), self._sandbox.now, grant)
        try:
            # Writing a report may take a second, in which the other requests must not wait.
            response = await run_in_threadpool(handler, call)
        except Refused as refusal:
            response = refusal.response()
        response.headers["x-amzn-RateLimit-Limit"] = f"{LIMITS[operation].rate:g}"
        return response
