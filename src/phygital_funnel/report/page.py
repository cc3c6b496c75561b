"""Fills the page's template from a release folder."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from phygital_funnel.errors import ReleaseError
from phygital_funnel.report import charts, figures, wording
from phygital_funnel.report.figures import Figures
from phygital_funnel.settings import ATTRIBUTION_MODELS, AttributionSettings
from phygital_funnel.warehouse.database import connect

Manifest = dict[str, Any]

_HERE = Path(__file__).parent


def render(release_dir: Path) -> Path:
    """Write ``report.html`` into a release folder from its database and manifest.

    Raises:
        ReleaseError: the folder holds no readable database or manifest.
    """
    manifest = _manifest(release_dir)
    database = release_dir / "phygital.duckdb"
    if not database.is_file():
        raise ReleaseError(f"{release_dir} holds no phygital.duckdb, so there is nothing to report; publish again.")
    with connect(database, read_only=True) as connection:
        numbers = figures.read(connection, _attribution(manifest)["headline_model"])
    page = release_dir / "report.html"
    unfinished = page.with_suffix(".html.unfinished")
    unfinished.write_text(_html(numbers, manifest), encoding="utf-8")
    unfinished.replace(page)
    return page


def _manifest(release_dir: Path) -> Manifest:
    path = release_dir / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseError(
            f"{path} cannot be read ({error}); a release without its manifest is not reported."
        ) from error
    if not isinstance(manifest, dict):
        raise ReleaseError(f"{path} holds no JSON object; publish again.")
    return manifest


def _attribution(manifest: Manifest) -> dict[str, Any]:
    """The settings the release was built with; what an older manifest lacks has its default."""
    return {**vars(AttributionSettings()), **manifest.get("settings", {}).get("attribution", {})}


def _html(numbers: Figures, manifest: Manifest) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": wording.count,
        "day": wording.day,
        "moment": wording.moment,
        "name": wording.name,
        "money": wording.money,
        "round_money": wording.round_money,
    }
    environment.globals |= {"share": wording.share, "ratio": wording.ratio}
    window_days = int(_attribution(manifest)["click_window_days"])
    return environment.get_template("page.html.j2").render(
        charts=_charts(numbers, window_days),
        figures=numbers,
        gates=[_gate(gate) for gate in manifest.get("gates", {}).values()],
        manifest=manifest,
        models=ATTRIBUTION_MODELS,
        style=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        window_days=window_days,
    )


def _charts(numbers: Figures, window_days: int) -> dict[str, Markup | None]:
    """The charts that have something to show; where one is missing, the page says so."""
    wanted: dict[str, tuple[bool, Callable[[], Markup]]] = {
        "funnel": (numbers.has_funnel, lambda: charts.funnel(numbers)),
        "channels": (any(row["net"] for row in numbers.evidence), lambda: charts.channels(numbers)),
        "models": (any(any(row["net"].values()) for row in numbers.models), lambda: charts.models(numbers)),
        "trend": (len(numbers.days) > 1, lambda: charts.trend(numbers, window_days)),
        "claims": (bool(numbers.claims), lambda: charts.claims(numbers)),
    }
    return {key: draw() if has_data else None for key, (has_data, draw) in wanted.items()}


def _gate(gate: dict[str, Any]) -> dict[str, Any]:
    """A gate's result in the words of the page."""
    checks = gate.get("checks", [])
    failed = [check for check in checks if not check.get("success")]
    return {
        "stage": gate.get("stage", ""),
        "evaluated_at": gate.get("evaluated_at"),
        "checks": len(checks),
        "critical": sum(check.get("severity") == "critical" for check in failed),
        "warnings": sum(check.get("severity") != "critical" for check in failed),
        "failed": failed,
    }
