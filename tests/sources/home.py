"""A home whose sources all point at one server, with made-up credentials and one account each."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phygital_funnel.sandbox.api.credentials import Credentials
from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.settings import Settings

SEED = 7
NOW = "2026-11-05T13:00:00+00:00"
HOSTS = ("TIKTOK_ADS", "TIKTOK_ORGANIC", "TIKTOK_SHOP", "AMAZON_ADS", "AMAZON_SELLER", "AMAZON_LWA")
# The first account of each source in the sandbox's world "tiny" with seed 7, from which fixtures are recorded.
ACCOUNTS = {
    "tiktok_ads": "7012345678901234501",
    "tiktok_organic": "_0001ce23bfb6dd27a12000000000000",
    "tiktok_shop": "7495000000000000001",
    "amazon_attribution": "581234567801",
    "amazon_ads": "581234567801",
    "amazon_seller": "ATVPDKIKX0DER",
}
# Limits and pauses of the platforms, so much quicker that nobody waits for them.
UNHURRIED = "100000"


def environment(home: Path, url: str, now: str = NOW) -> dict[str, str]:
    """The ``PHYGITAL_*`` variables of a home that reads everything from ``url``; its drop is the folder ``drop``."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "clock").write_text(now)
    secrets = home / "credentials"
    secrets.mkdir(exist_ok=True)
    for source, content in Credentials(SEED).by_source(MARKETS).items():
        (secrets / f"{source}.json").write_text(json.dumps(content))
    return {
        "PHYGITAL_HOME": str(home),
        "PHYGITAL_CLOCK": f"file:{home / 'clock'}",
        "PHYGITAL_REQUEST_RATE_SCALE": UNHURRIED,
        **{f"PHYGITAL_{host}_BASE_URL": url for host in HOSTS},
        **{f"PHYGITAL_{source.upper()}_CREDENTIALS_FILE": str(secrets / f"{source}.json") for source in ACCOUNTS},
        **{f"PHYGITAL_{source.upper()}_ACCOUNTS": account for source, account in ACCOUNTS.items()},
    }


def settings_of(variables: Mapping[str, str], monkeypatch: Any) -> Settings:
    """Settings from these variables alone, which are also set for the clock to find."""
    for name in [name for name in os.environ if name.startswith("PHYGITAL_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings.from_env()
