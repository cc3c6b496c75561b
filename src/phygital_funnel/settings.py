"""One frozen Settings, read from the environment in one place."""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phygital_funnel.errors import ConfigError

ATTRIBUTION_MODELS = (
    "first_touch",
    "last_touch",
    "last_engaged_touch",
    "linear",
    "position_based",
    "time_decay",
    "amazon_14d_last_click",
    "tiktok_7c1v",
)
PATH_TRANSFORMS = ("none", "collapse_repeats", "first_occurrence")
API_SOURCES = ("tiktok_ads", "tiktok_organic", "tiktok_shop", "amazon_attribution", "amazon_seller", "amazon_ads")
SHORTEST_HALF_LIFE_DAYS = 1 / 86_400
# The longest window that a stream reads again, as a test holds: a touch that such a reading brings is not late.
SHORTEST_HORIZON_DAYS = 30
_SWITCHES = {"on": True, "off": False}


@dataclass(frozen=True)
class SourceSettings:
    """How one API source is reached.

    Args:
        base_url: None means the platform's own host for the account's region.
        credentials_file: JSON file with the source's secrets; None means the source is not configured.
        accounts: advertiser ids, profile ids or marketplace ids to load.
    """

    base_url: str | None = None
    credentials_file: Path | None = None
    accounts: tuple[str, ...] = ()

    @property
    def is_configured(self) -> bool:
        """Whether the source can be extracted at all."""
        return self.credentials_file is not None and bool(self.accounts)


@dataclass(frozen=True)
class AttributionSettings:
    """Parameters of attribution; a window of 0 days makes the touch type ineligible."""

    impression_window_days: float = 0
    view_2s_window_days: float = 0
    view_6s_window_days: float = 7
    engagement_window_days: float = 7
    click_window_days: float = 14
    half_life_days: float = 2.5
    path_transform: str = "none"
    headline_model: str = "last_engaged_touch"
    code_claim_weight: float = 1.0

    def __post_init__(self) -> None:
        for name in ("impression", "view_2s", "view_6s", "engagement", "click"):
            if getattr(self, f"{name}_window_days") < 0:
                raise ConfigError(
                    f"PHYGITAL_ATTRIBUTION_{name.upper()}_WINDOW_DAYS is negative; 0 means 'not eligible'."
                )
        if self.half_life_days < SHORTEST_HALF_LIFE_DAYS:
            raise ConfigError("PHYGITAL_ATTRIBUTION_HALF_LIFE_DAYS must be at least a second, 0.0000116 days.")
        if self.path_transform not in PATH_TRANSFORMS:
            raise ConfigError(
                f"PHYGITAL_ATTRIBUTION_PATH_TRANSFORM={self.path_transform!r}; use one of {', '.join(PATH_TRANSFORMS)}."
            )
        if not 0 <= self.code_claim_weight <= 1:
            raise ConfigError("PHYGITAL_ATTRIBUTION_CODE_CLAIM_WEIGHT must be from 0 to 1.")
        if self.headline_model not in ATTRIBUTION_MODELS:
            raise ConfigError(
                f"PHYGITAL_ATTRIBUTION_HEADLINE_MODEL={self.headline_model!r}; use one of "
                f"{', '.join(ATTRIBUTION_MODELS)}."
            )


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides data and time."""

    home: Path
    project_dir: Path
    landing_url: str
    releases_url: str
    drop_url: str
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    lwa_base_url: str | None = None
    attribution: AttributionSettings = field(default_factory=AttributionSettings)
    restatement_horizon_days: int = 45
    reporting_currency: str = "USD"
    request_rate_scale: float = 1.0
    schedules: bool = True
    report_patience_seconds: float = 60.0

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read ``PHYGITAL_*`` variables.

        Raises:
            ConfigError: a variable has a value that cannot be used.
        """
        env = _Environment(os.environ if environ is None else environ)
        home = Path(env.text("HOME", "var")).expanduser().resolve()
        project_dir = _project_dir(env)
        return cls(
            home=home,
            project_dir=project_dir,
            landing_url=env.text("LANDING_URL", str(home / "landing")),
            releases_url=env.text("RELEASES_URL", str(home / "releases")),
            drop_url=env.text("DROP_URL", str(home / "drop")),
            sources={name: _source(env, name) for name in API_SOURCES},
            lwa_base_url=env.optional("AMAZON_LWA_BASE_URL"),
            attribution=_attribution(env),
            restatement_horizon_days=env.integer("RESTATEMENT_HORIZON_DAYS", 45, least=SHORTEST_HORIZON_DAYS),
            reporting_currency=_currency(env, project_dir),
            request_rate_scale=env.number("REQUEST_RATE_SCALE", 1.0),
            schedules=env.switch("SCHEDULES", default=True),
            report_patience_seconds=env.number("REPORT_PATIENCE_SECONDS", 60.0),
        )

    def source(self, name: str) -> SourceSettings:
        """Settings of one API source.

        Raises:
            ConfigError: no source has that name.
        """
        try:
            return self.sources[name]
        except KeyError as error:
            raise ConfigError(f"{name!r} is not a source; use one of {', '.join(sorted(self.sources))}.") from error

    def configured_sources(self) -> frozenset[str]:
        """Names of the API sources that have credentials and accounts."""
        return frozenset(name for name, source in self.sources.items() if source.is_configured)

    def public(self) -> dict[str, Any]:
        """What may be written into a manifest: no credentials, no machine paths."""
        return {
            "attribution": vars(self.attribution).copy(),
            "reporting_currency": self.reporting_currency,
            "restatement_horizon_days": self.restatement_horizon_days,
            "accounts": {name: list(source.accounts) for name, source in sorted(self.sources.items())},
        }


class _Environment:
    """Typed reads of ``PHYGITAL_*``; an empty value counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def optional(self, name: str) -> str | None:
        return self._environ.get(f"PHYGITAL_{name}", "").strip() or None

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def number(self, name: str, default: float) -> float:
        text = self.optional(name)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError as error:
            raise ConfigError(f"PHYGITAL_{name}={text!r} is not a number.") from error
        if not -1e12 < value < 1e12:
            raise ConfigError(f"PHYGITAL_{name}={text!r} is not a usable number.")
        return value

    def integer(self, name: str, default: int, *, least: int) -> int:
        value = self.number(name, default)
        if value != int(value) or value < least:
            raise ConfigError(f"PHYGITAL_{name}={value:g} is not a whole number of at least {least}.")
        return int(value)

    def switch(self, name: str, *, default: bool) -> bool:
        text = self.text(name, "on" if default else "off").lower()
        if text not in _SWITCHES:
            raise ConfigError(f"PHYGITAL_{name}={text!r}; use 'on' or 'off'.")
        return _SWITCHES[text]

    def path(self, name: str) -> Path | None:
        text = self.optional(name)
        return Path(text).expanduser().resolve() if text else None

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name, "").split(",") if part.strip())


def _project_dir(env: _Environment) -> Path:
    """Where ``dbt_project/`` and ``expectations/`` are: as set, else the checkout this package is installed from."""
    checkout = Path(__file__).resolve().parents[2]
    directory = env.path("PROJECT_DIR") or checkout
    if not (directory / "dbt_project").is_dir():
        raise ConfigError(f"{directory} holds no dbt_project/; set PHYGITAL_PROJECT_DIR to the project's folder.")
    return directory


def _currency(env: _Environment, project_dir: Path) -> str:
    code = env.text("REPORTING_CURRENCY", "USD").upper()
    path = project_dir / "dbt_project" / "seeds" / "currencies.csv"
    if not path.is_file():
        raise ConfigError(f"{project_dir} holds no whole project ({path.name} is missing); check PHYGITAL_PROJECT_DIR.")
    with path.open(encoding="utf-8", newline="") as file:
        known = {row["currency"] for row in csv.DictReader(file)}
    if code not in known:
        raise ConfigError(
            f"PHYGITAL_REPORTING_CURRENCY={code!r} is not a currency code of ISO 4217, such as USD or EUR."
        )
    return code


def _source(env: _Environment, name: str) -> SourceSettings:
    # Attribution is one of the Amazon Ads APIs, so they share a host.
    host = "AMAZON_ADS" if name == "amazon_attribution" else name.upper()
    return SourceSettings(
        base_url=env.optional(f"{host}_BASE_URL"),
        credentials_file=env.path(f"{name.upper()}_CREDENTIALS_FILE"),
        accounts=env.names(f"{name.upper()}_ACCOUNTS"),
    )


def _attribution(env: _Environment) -> AttributionSettings:
    defaults = AttributionSettings()

    def window(touch_type: str) -> float:
        return env.number(
            f"ATTRIBUTION_{touch_type.upper()}_WINDOW_DAYS", getattr(defaults, f"{touch_type}_window_days")
        )

    return AttributionSettings(
        impression_window_days=window("impression"),
        view_2s_window_days=window("view_2s"),
        view_6s_window_days=window("view_6s"),
        engagement_window_days=window("engagement"),
        click_window_days=window("click"),
        half_life_days=env.number("ATTRIBUTION_HALF_LIFE_DAYS", defaults.half_life_days),
        path_transform=env.text("ATTRIBUTION_PATH_TRANSFORM", defaults.path_transform),
        headline_model=env.text("ATTRIBUTION_HEADLINE_MODEL", defaults.headline_model),
        code_claim_weight=env.number("ATTRIBUTION_CODE_CLAIM_WEIGHT", defaults.code_claim_weight),
    )
