"""What a person finds in Airflow when a gate has stopped a build: the check, the row, and nobody's data."""

from datetime import UTC, datetime, timedelta

import pytest
from real_airflow import PROJECT, airflow

from phygital_funnel.demo.home import environment

pytestmark = pytest.mark.slow
DAY = datetime(2026, 11, 3, tzinfo=UTC)
EXTRACTIONS = ("extract_first_party", "extract_tiktok", "extract_amazon")
PERSON = "jane.doe@example.org"
CLICKS = f"""click_id,clicked_at,visitor_id
k1,2026-11-03T10:00:00Z,v1
k2,2026-11-03T11:00:00Z,{PERSON}
"""
RATES = "rate_date,currency,units_per_eur\n2026-11-03,USD,1.1\n"


def test_the_log_of_a_blocked_build_names_the_check_and_the_row_and_nobody(tmp_path):
    """Whoever is called at night has this log before anything else."""
    for name, text in {"links/clicks.csv": CLICKS, "reference/fx_rates.csv": RATES}.items():
        path = tmp_path / "drop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with airflow(tmp_path, {**environment(tmp_path), "PHYGITAL_PROJECT_DIR": str(PROJECT)}) as started:
        for dag_id in EXTRACTIONS:  # a build waits for all of them; those without a source have nothing to do
            started.trigger(dag_id, DAY, DAY + timedelta(days=1))
        ended = "select count(*) from dag_run where dag_id = 'build_funnel' and state in ('failed', 'success')"
        started.wait(lambda: started.rows(ended)[0][0], "the end of a build", seconds=600)
        (build,) = started.rows(
            "select state, try_number from task_instance where task_id = 'build' and state <> 'removed'"
        )
    assert build == ("failed", 1), "tried once: the same data fails the same check"
    (log,) = (tmp_path / "airflow" / "logs").rglob("dag_id=build_funnel/*/task_id=build/attempt=1.log")
    text = log.read_text()
    for told in (
        "gate landing",
        "no person can be named (landing, links__clicks; critical)",
        "_commit=0, rows_with_a_person=1, first_row=1",
        "docs/runbook.md#l7",
        "QualityGateFailed",
    ):
        assert told in text, told
    everything = "".join(path.read_text() for path in (tmp_path / "airflow" / "logs").rglob("*.log"))
    assert PERSON not in everything
    assert "v1" not in {word.strip('",') for word in everything.split()}
