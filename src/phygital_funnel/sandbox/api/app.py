"""All platform families of one sandbox behind one base url; their paths do not collide."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from phygital_funnel.sandbox.api import refusals
from phygital_funnel.sandbox.api.amazon_ads.attribution import Attribution
from phygital_funnel.sandbox.api.amazon_ads.profiles import Profiles
from phygital_funnel.sandbox.api.amazon_ads.reporting import AdsReporting
from phygital_funnel.sandbox.api.amazon_seller.api import Seller
from phygital_funnel.sandbox.api.dirt import DirtyServer
from phygital_funnel.sandbox.api.faults import FaultyServer
from phygital_funnel.sandbox.api.file_drop.api import Drop
from phygital_funnel.sandbox.api.guard import Guard
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_accounts.api import TikTokAccounts
from phygital_funnel.sandbox.api.tiktok_marketing.api import TikTok
from phygital_funnel.sandbox.api.tiktok_shop.api import TikTokShop

FAMILIES = (TikTok, TikTokAccounts, TikTokShop, Profiles, Attribution, AdsReporting, Seller, Drop)
"""Each is made of the sandbox and offers ``routes()``."""
_AS = {404: "not_found", 405: "method_not_allowed"}


def sandbox_app(sandbox: Sandbox, *, is_prepared: bool = False) -> ASGIApp:
    """The servers with everything that can be ordered to go wrong, behind the guard.

    Args:
        sandbox: what they share.
        is_prepared: whether to work out now what the first report would have to wait for.
    """

    def refuse(path: str, kind: str) -> Response:
        return refusals.refuse(sandbox, path, kind)

    app = _with_slash(platform_app(sandbox, is_prepared=is_prepared))
    return Guard(FaultyServer(DirtyServer(app, sandbox), sandbox), refuse, sandbox.answers)


def _with_slash(app: ASGIApp) -> ASGIApp:
    """Every TikTok path ends in a slash; clients that leave it out are not sent elsewhere for it."""

    async def settled(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith("/open_api/") and not path.endswith("/"):
            scope = {**scope, "path": f"{path}/"}
        await app(scope, receive, send)

    return settled


def platform_app(sandbox: Sandbox, *, is_prepared: bool = False) -> Starlette:
    """The servers of every family, in good order."""
    families = [family(sandbox) for family in FAMILIES]
    for family in families:
        if is_prepared and isinstance(family, TikTok):
            family.prepare()
    routes = [route for family in families for route in family.routes()]

    async def refused(request: Request, error: Exception) -> Response:
        kind = _AS.get(error.status_code, "bad_request") if isinstance(error, HTTPException) else "bad_request"
        return refusals.refuse(sandbox, request.url.path, kind)

    async def failed(request: Request, error: Exception) -> Response:
        # It is raised again once this has been sent, and the guard logs it.
        return refusals.refuse(sandbox, request.url.path, "server_error")

    # Wherever JSON is read, what is nested too deeply to be read at all ends in a RecursionError.
    handlers = {HTTPException: refused, RecursionError: refused, Exception: failed}
    app = Starlette(routes=[*sandbox.tokens.routes(), *routes], exception_handlers=handlers)
    # A redirect would lead to the Host header, which some clients send wrong.
    app.router.redirect_slashes = False
    return app
