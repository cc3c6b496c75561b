"""All platform families of one sandbox behind one base url."""

import hashlib
import time
from collections.abc import Callable

from starlette.applications import Starlette

from phygital_funnel.sandbox.api.attribution import Attribution
from phygital_funnel.sandbox.api.drop import Drop
from phygital_funnel.sandbox.api.seller import Seller
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok import TikTok
from phygital_funnel.sandbox.api.tokens import Client

ADS_SOURCE, SELLER_SOURCE, TIKTOK_SOURCE = "amazon_attribution", "amazon_seller", "tiktok_ads"


def amazon_client(source: str, seed: int) -> Client:
    """The application of one Amazon source; its made-up secrets follow from the seed."""
    return Client(
        f"amzn1.application-oa2-client.sbx-{source}",
        secret(source, seed),
        f"Atzr|sbx-{secret(f'{source} refresh', seed)}",
    )


def secret(name: str, seed: int) -> str:
    """A made-up secret that is the same in every run of a seed."""
    return hashlib.sha256(f"{name}|{seed}".encode()).hexdigest()[:32]


def platform_app(sandbox: Sandbox, monotonic: Callable[[], float] = time.monotonic) -> Starlette:
    """The servers of every family; document urls expire by ``monotonic``."""
    seed = sandbox.world.seed
    routes = [
        *TikTok(sandbox).routes(),
        *sandbox.tokens.routes(),
        *Attribution(sandbox, amazon_client(ADS_SOURCE, seed).client_id).routes(),
        *Seller(sandbox, amazon_client(SELLER_SOURCE, seed).client_id, monotonic).routes(),
        *Drop(sandbox).routes(),
    ]
    return Starlette(routes=routes)
