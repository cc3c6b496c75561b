"""TikTok Shop Partner API: tokens, and signed requests about the shops that the brand owns (api-contracts 3)."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.grants import REFRESH_SECONDS, Grants, Pair
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_shop.affiliate import Creators
from phygital_funnel.sandbox.api.tiktok_shop.requests import (
    PARAMETER,
    Parameters,
    ShopRefused,
    check_signature,
    real_seconds,
)
from phygital_funnel.sandbox.api.tiktok_shop.shop import CALLS, Handler, Shop
from phygital_funnel.sandbox.world.catalogue import BRAND

ACCESS_SECONDS = 7 * 86_400
SCOPES = (
    "seller.authorization.info", "seller.order.info", "seller.product.basic", "seller.return_refund.basic",
    "seller.affiliate_collaboration.read", "data.shop_analytics.public.read",
)  # fmt: skip


class TikTokShop:
    """The TikTok Shop API of a sandbox: one application that every shop of the brand has authorised."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._app = sandbox.credentials.shop
        self._grants = Grants(self._app, ACCESS_SECONDS, sandbox.monotonic)
        markets = sandbox.world.markets
        self._shops = {
            sandbox.credentials.shop_cipher(market.shop_id): Shop(sandbox, market, self._creators) for market in markets
        }
        self._known_creators: list[Creators] = []

    def routes(self) -> list[Route]:
        """The endpoints served."""
        calls = [
            Route(path.format(version), self._signed(self._of_shop(handler)), methods=[method])
            for method, path, versions, handler in CALLS
            for version in versions
        ]
        return [
            Route("/api/v2/token/get", self._token(self._exchange), methods=["GET"]),
            Route("/api/v2/token/refresh", self._token(self._refresh), methods=["GET"]),
            Route("/authorization/202309/shops", self._signed(self._list_shops), methods=["GET"]),
            *calls,
        ]

    def _creators(self) -> Creators:
        if not self._known_creators:
            self._known_creators.append(Creators(self._sandbox.world))
        return self._known_creators[0]

    def _answer(self, data: dict[str, Any], code: int = 0, message: str = "Success") -> Response:
        # Success and refusal alike come with HTTP 200.
        request_id = self._sandbox.request_id()
        body = {"code": code, "message": message, "request_id": request_id, "data": data}
        return Response(orjson.dumps(body), media_type="application/json", headers={"X-Tt-Logid": request_id})

    def _signed(self, handler: Callable[[Parameters], dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body = await request.body()
            try:
                self._admit(request, body)
                return self._answer(handler(Parameters.of(request, body)))
            except ShopRefused as refusal:
                return self._answer({}, refusal.code, str(refusal))

        return answer

    def _admit(self, request: Request, body: bytes) -> None:
        if not _equal(request.query_params.get("app_key", ""), self._app.app_id):
            raise ShopRefused(PARAMETER, "Invalid credentials. Invalid `app_key` query parameter.")
        check_signature(request, self._app.secret, body)
        token = request.headers.get("x-tts-access-token", "")
        if not self._grants.knows(token):
            raise ShopRefused(101000, "Invalid credentials. The `x-tts-access-token` header is invalid.")
        if not self._grants.is_valid(token):
            raise ShopRefused(105002, "Expired credentials. The 'access_token' is expired.")
        account = request.query_params.get("shop_cipher", "")
        # An invented cipher must not be given a bucket of its own.
        if not self._sandbox.throttle.admits("tiktok_shop", account if account in self._shops else ""):
            raise ShopRefused(36009002, "Too many requests")

    def _of_shop(self, handler: Handler) -> Callable[[Parameters], dict[str, Any]]:
        def answer(parameters: Parameters) -> dict[str, Any]:
            shop = self._shops.get(parameters.text("shop_cipher"))
            if shop is None or not shop.is_open:
                raise ShopRefused(101000, "Invalid identifier. The `shop_cipher` query parameter is invalid.")
            return handler(shop, parameters)

        return answer

    def _list_shops(self, parameters: Parameters) -> dict[str, Any]:
        return {
            "shops": [
                {
                    "id": shop.market.shop_id,
                    "name": f"{BRAND} {shop.market.code}",
                    "region": shop.market.country,
                    "seller_type": "LOCAL",
                    "cipher": cipher,
                    "code": f"SBX{shop.market.code}",
                }
                for cipher, shop in self._shops.items()
                if shop.is_open
            ]
        }

    def _token(self, grant: Callable[[Request], Pair]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                self._check_app(request)
                return self._answer(self._token_set(grant(request)), message="success")
            except ShopRefused as refusal:
                return self._answer({}, refusal.code, str(refusal))

        return answer

    def _check_app(self, request: Request) -> None:
        query = request.query_params
        if not self._grants.is_app(query.get("app_key", ""), query.get("app_secret", "")):
            raise ShopRefused(PARAMETER, "Invalid credentials. Invalid `app_key` or `app_secret`.")

    def _exchange(self, request: Request) -> Pair:
        _check_grant_type(request, "authorized_code")
        pair = self._grants.exchange(request.query_params.get("auth_code", ""))
        if pair is None:
            raise ShopRefused(36004004, "Invalid auth_code: it is unknown, has expired or was used before.")
        return pair

    def _refresh(self, request: Request) -> Pair:
        _check_grant_type(request, "refresh_token")
        pair = self._grants.refresh(request.query_params.get("refresh_token", ""))
        if pair is None:
            raise ShopRefused(36004005, "can not find related auth record")
        return pair

    def _token_set(self, pair: Pair) -> dict[str, Any]:
        now = real_seconds()
        return {
            "access_token": pair.access_token,
            "access_token_expire_in": now + ACCESS_SECONDS,
            "refresh_token": pair.refresh_token,
            "refresh_token_expire_in": now + REFRESH_SECONDS,
            "open_id": "sbx-shop-open-id",
            "seller_name": BRAND,
            "seller_base_region": self._sandbox.world.markets[0].country,
            "user_type": 0,
            "granted_scopes": list(SCOPES),
        }


def _check_grant_type(request: Request, expected: str) -> None:
    if request.query_params.get("grant_type") != expected:
        raise ShopRefused(PARAMETER, f"Invalid parameter. `grant_type` must be {expected}.")


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
