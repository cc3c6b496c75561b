"""What a client needs to reach a sandbox: settings and credentials, written where ``phygital`` looks for them."""

import json
from pathlib import Path

from phygital_funnel.sandbox.api.app import ADS_SOURCE, SELLER_SOURCE, TIKTOK_SOURCE, amazon_client, secret
from phygital_funnel.sandbox.api.clock import write_atomically
from phygital_funnel.sandbox.api.limits import REQUEST_RATE_SCALE
from phygital_funnel.sandbox.world.catalogue import MARKETS


def sandbox_dir(home: Path) -> Path:
    """Where a sandbox keeps its files."""
    return home / "sandbox"


def clock_file(home: Path) -> Path:
    """The file that ``PHYGITAL_CLOCK`` names."""
    return sandbox_dir(home) / "clock"


def environment_file(home: Path) -> Path:
    """Lines of KEY=value, without quotes."""
    return sandbox_dir(home) / "environment"


def write(home: Path, base_url: str, seed: int) -> None:
    """Write the credentials (mode 600) and then the environment that names them."""
    folder = sandbox_dir(home) / "credentials"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for source, content in _credentials(seed).items():
        write_atomically(folder / f"{source}.json", json.dumps(content) + "\n", mode=0o600)
    lines = [f"{name}={value}" for name, value in _variables(home, folder, base_url).items()]
    write_atomically(environment_file(home), "\n".join(lines) + "\n")


def read(home: Path) -> dict[str, str]:
    """The variables of a sandbox's environment file."""
    lines = environment_file(home).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line)


def _credentials(seed: int) -> dict[str, dict[str, str]]:
    amazon = {source: vars(amazon_client(source, seed)) for source in (ADS_SOURCE, SELLER_SOURCE)}
    return {TIKTOK_SOURCE: {"access_token": secret(TIKTOK_SOURCE, seed)}, **amazon}


def _variables(home: Path, folder: Path, base_url: str) -> dict[str, str]:
    accounts = {
        TIKTOK_SOURCE: [market.advertiser_id for market in MARKETS],
        ADS_SOURCE: [market.profile_id for market in MARKETS],
        SELLER_SOURCE: [market.marketplace_id for market in MARKETS],
    }
    hosts = ("TIKTOK_ADS", "AMAZON_ADS", "AMAZON_SELLER", "AMAZON_LWA")
    return {
        "PHYGITAL_CLOCK": f"file:{clock_file(home)}",
        **{f"PHYGITAL_{host}_BASE_URL": base_url for host in hosts},
        **{f"PHYGITAL_{source.upper()}_CREDENTIALS_FILE": str(folder / f"{source}.json") for source in accounts},
        **{f"PHYGITAL_{source.upper()}_ACCOUNTS": ",".join(ids) for source, ids in accounts.items()},
        "PHYGITAL_DROP_URL": f"{base_url}/drop",
        "PHYGITAL_REQUEST_RATE_SCALE": f"{REQUEST_RATE_SCALE:g}",
    }
