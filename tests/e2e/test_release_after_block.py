"""Too many rows in quarantine stop a build; a person lets them stand, and the next build publishes them."""

from pathlib import Path

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import QualityGateFailed
from phygital_funnel.quarantine import releasing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import streams_of
from phygital_funnel.warehouse.database import connect

pytestmark = pytest.mark.slow
CREATORS = 8


def test_a_gate_that_too_many_quarantined_rows_closed_opens_after_their_release(tmp_path: Path) -> None:
    """Eight creators are paid 110 % of the price: a mistake, says the rule; a launch offer, says who signed it."""
    settings = Settings.from_env({"PHYGITAL_HOME": str(tmp_path / "home")})
    rates = tmp_path / "commission_rates.csv"
    lines = [f"creator{number},1.1,2026-01-01T00:00:00Z" for number in range(CREATORS)]
    rates.write_text("\n".join(["creator_id,rate,valid_from", *lines]) + "\n")
    (stream,) = streams_of("reference", "commission_rates")
    pipeline.load_files(settings, {stream: str(rates)})
    with pytest.raises(QualityGateFailed, match="base_reference__commission_rates: few_rows_are_quarantined"):
        pipeline.build_and_publish(settings)

    chosen = releasing.Chosen(table="reference.commission_rates", rule="unusable_rate")
    outcome = releasing.release(settings, chosen, "signed for the launch week")
    assert len(outcome.rows) == CREATORS

    release = pipeline.build_and_publish(settings)
    with connect(release.database, read_only=True) as con:
        found = con.execute("select count(*), min(commission_rate) = 1.1 from dim_commission_rates").fetchall()
    assert found == [(CREATORS, True)]
