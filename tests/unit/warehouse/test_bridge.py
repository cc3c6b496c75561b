"""A way of several releases is the sum of its steps, and shows the values of its two ends."""

import json

import pytest

from phygital_funnel.settings import Settings
from phygital_funnel.warehouse.bridge import bridge
from phygital_funnel.warehouse.database import connect

COLUMNS = (
    "metric varchar, currency varchar, channel varchar, evidence varchar, data_change bigint, weights_change bigint, "
    "calibration_change bigint, value_before bigint, value_after bigint"
)
MONEY, ORDERS = "'attributed_amount_minor', 'USD', 'tiktok_ads', 'tag'", "'orders', 'USD', null, null"


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


def keep(settings, run_id, before, *rows):
    """A release that holds the bridge from the one before it, as far as the way along it reads."""
    folder = settings.home / "releases" / run_id
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"run_id": run_id, "compared_with": before}))
    with connect(folder / "phygital.duckdb") as con:
        con.execute(f"create table mart_restatement_bridge ({COLUMNS})")
        for row in rows:
            con.execute(f"insert into mart_restatement_bridge values ({row})")


def test_two_steps_add_up_and_the_value_between_them_is_of_neither_end(settings):
    keep(settings, "monday", None)
    # Two days of one channel; a name with a quote must not end the text that the path is part of.
    tuesday = (f"{MONEY}, -3, 5, 0, 100, 102", f"{MONEY}, 1, 0, 0, 10, 11", f"{ORDERS}, 1, 0, 0, 4, 5")
    keep(settings, "tues'day", "monday", *tuesday)
    keep(settings, "wednesday", "tues'day", f"{MONEY}, 0, -20, 7, 113, 100", f"{ORDERS}, 0, 0, 0, 5, 5")

    names, rows = bridge(settings, "monday", "wednesday")

    assert names[4:] == ["value_before", "value_after", "data_change", "weights_change", "calibration_change"]
    assert rows == [
        ("attributed_amount_minor", "USD", "tiktok_ads", "tag", 110, 100, -2, -15, 7),
        ("orders", "USD", None, None, 4, 5, 1, 0, 0),
    ]
    assert all(row[5] - row[4] == sum(row[6:]) for row in rows)
