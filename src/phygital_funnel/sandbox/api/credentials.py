"""The made-up accounts of a sandbox: every secret follows from the seed, so that a restart keeps clients signed in."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from phygital_funnel.sandbox.world.catalogue import Market


@dataclass(frozen=True)
class Client:
    """A registered Login with Amazon application with the refresh token of the account that authorised it."""

    client_id: str
    client_secret: str
    refresh_token: str

    @property
    def auth_code(self) -> str:
        """What the consent page would have handed out; it can be exchanged for tokens once."""
        return hashlib.sha256(f"auth code|{self.client_id}|{self.client_secret}".encode()).hexdigest()[:20]


@dataclass(frozen=True)
class TikTokApp:
    """A registered TikTok application.

    Args:
        app_id: the Marketing and Accounts APIs call it app_id or client_id, the Shop API app_key.
        secret: the application's secret.
        auth_code: what the consent page would have handed out; it can be exchanged for tokens.
        access_token: a token that is valid from the start.
        refresh_token: renews it where the API has refresh tokens.
    """

    app_id: str
    secret: str
    auth_code: str
    access_token: str
    refresh_token: str


class Credentials:
    """Every application and account of a sandbox; the same seed gives the same secrets."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.marketing = self._tiktok_app("tiktok_ads", "7100000000000000001")
        self.organic = self._tiktok_app("tiktok_organic", "aw9sbxorganic0001")
        self.shop = self._tiktok_app("tiktok_shop", "6sbx0shop0001")
        self.attribution = self._amazon_client("amazon_attribution")
        self.ads = self._amazon_client("amazon_ads")
        self.seller = self._amazon_client("amazon_seller")

    @property
    def amazon_clients(self) -> dict[str, Client]:
        """Login with Amazon applications by client id."""
        return {client.client_id: client for client in (self.attribution, self.ads, self.seller)}

    def by_source(self, markets: Iterable[Market]) -> dict[str, dict[str, object]]:
        """Content of each source's credentials file, for the accounts of the markets."""
        tokens = ("access_token", "refresh_token", "app_id", "secret")
        return {
            "tiktok_ads": {"access_token": self.marketing.access_token},
            "tiktok_organic": {name: getattr(self.organic, name) for name in tokens},
            "tiktok_shop": {
                **{name: getattr(self.shop, name) for name in tokens},
                "shop_ciphers": {market.shop_id: self.shop_cipher(market.shop_id) for market in markets},
            },
            "amazon_attribution": vars(self.attribution),
            "amazon_ads": vars(self.ads),
            "amazon_seller": vars(self.seller),
        }

    def secret(self, name: str) -> str:
        """A made-up secret: 32 hexadecimal digits."""
        return hashlib.sha256(f"{name}|{self._seed}".encode()).hexdigest()[:32]

    def shop_cipher(self, shop_id: str) -> str:
        """What shop-scoped calls of the TikTok Shop API name a shop by."""
        return f"GCP_{self.secret(f'shop {shop_id}')}"

    def _tiktok_app(self, source: str, app_id: str) -> TikTokApp:
        names = ("app secret", "auth code", "access token", "refresh token")
        return TikTokApp(app_id, *(self.secret(f"{source} {name}") for name in names))

    def _amazon_client(self, source: str) -> Client:
        return Client(
            f"amzn1.application-oa2-client.sbx-{source}",
            self.secret(source),
            f"Atzr|sbx-{self.secret(f'{source} refresh')}",
        )
