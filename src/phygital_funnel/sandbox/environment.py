"""What a client needs to reach a sandbox: settings and credentials, written where ``phygital`` looks for them."""

import json
from pathlib import Path

from phygital_funnel.sandbox.api.amazon_ads.attribution import ELIGIBLE_COUNTRIES
from phygital_funnel.sandbox.api.clock import write_atomically
from phygital_funnel.sandbox.api.credentials import Credentials
from phygital_funnel.sandbox.api.limits import REQUEST_RATE_SCALE
from phygital_funnel.sandbox.world import World

HOSTS = ("TIKTOK_ADS", "TIKTOK_ORGANIC", "TIKTOK_SHOP", "AMAZON_ADS", "AMAZON_SELLER", "AMAZON_LWA")
"""Which APIs have an address of their own; here all share one."""


def sandbox_dir(home: Path) -> Path:
    """Where a sandbox keeps its files."""
    return home / "sandbox"


def clock_file(home: Path) -> Path:
    """The file that ``PHYGITAL_CLOCK`` names."""
    return sandbox_dir(home) / "clock"


def environment_file(home: Path) -> Path:
    """Lines of KEY=value, without quotes."""
    return sandbox_dir(home) / "environment"


def write(home: Path, base_url: str, credentials: Credentials, world: World, rate_scale: float | None = None) -> None:
    """Write the credentials (mode 600) and then the environment that names them.

    Args:
        home: whose ``sandbox`` folder is written.
        base_url: of the servers.
        credentials: of the sandbox.
        world: whose accounts the sources read.
        rate_scale: how much faster than the platforms the sandbox lets clients go; None means its own scaling.
    """
    folder = sandbox_dir(home) / "credentials"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for source, content in credentials.by_source(world.markets).items():
        write_atomically(folder / f"{source}.json", json.dumps(content) + "\n", mode=0o600)
    scale = REQUEST_RATE_SCALE if rate_scale is None else rate_scale
    variables = _variables(home, folder, base_url, world) | {"PHYGITAL_REQUEST_RATE_SCALE": f"{scale:g}"}
    write_atomically(environment_file(home), "".join(f"{name}={value}\n" for name, value in variables.items()))


def read(home: Path) -> dict[str, str]:
    """The variables of a sandbox's environment file."""
    lines = environment_file(home).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line)


def accounts(world: World) -> dict[str, list[str]]:
    """The accounts of each source: ad accounts, business accounts, shops, profiles and marketplaces."""
    sold_on_amazon = [market for market in world.markets if market.has_amazon]
    return {
        "tiktok_ads": [market.advertiser_id for market in world.markets],
        "tiktok_organic": _business_accounts(world),
        "tiktok_shop": [market.shop_id for market in world.markets],
        # Attribution refuses the profiles of other countries, so nobody would set them up to be read.
        "amazon_attribution": [m.profile_id for m in sold_on_amazon if m.ads_country in ELIGIBLE_COUNTRIES],
        "amazon_ads": [market.profile_id for market in sold_on_amazon],
        "amazon_seller": [market.marketplace_id for market in sold_on_amazon],
    }


def _business_accounts(world: World) -> list[str]:
    return [str(open_id) for open_id in world["creators"]["open_id"].to_pylist() if open_id]


def _variables(home: Path, folder: Path, base_url: str, world: World) -> dict[str, str]:
    of_source = accounts(world)
    return {
        "PHYGITAL_CLOCK": f"file:{clock_file(home)}",
        **{f"PHYGITAL_{host}_BASE_URL": base_url for host in HOSTS},
        **{f"PHYGITAL_{source.upper()}_CREDENTIALS_FILE": str(folder / f"{source}.json") for source in of_source},
        **{f"PHYGITAL_{source.upper()}_ACCOUNTS": ",".join(ids) for source, ids in of_source.items()},
        "PHYGITAL_DROP_URL": f"{base_url}/drop",
    }
