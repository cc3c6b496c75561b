"""Credit names by one number what readers want to know of a recipient beside its id, and by another the line."""

from pathlib import Path

import pytest
from credit_world import world
from dbt_oracle import Conversion, Touch

from phygital_funnel.warehouse import credit_models

ROOT = Path(__file__).parents[2]
MEDIA = ("channel", "campaign_id", "ad_group_id", "ad_id", "content_id", "creator_id", "evidence")
LINE = ("platform", "market", "currency", "conversion_status")
HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    [compiled] = credit_models.compiled(ROOT, tmp_path_factory.mktemp("media"))
    return compiled


def _touched(engine, touches: dict[str, dict[str, str | None]]) -> None:
    """One journey with a touch an hour for each of these, an hour before its purchase; columns left out are NULL."""
    known = [Touch(name, "ann", place * HOUR_US, "click", "ads") for place, name in enumerate(touches)]
    engine.fill(known, [Conversion("line", "ann", len(known) * HOUR_US, 999, reporting_minor=999)])
    for name, values in touches.items():
        for column, value in values.items():
            engine.execute(
                f"update intermediate.int_touchpoints__from_events set {column} = "
                f"{'null' if value is None else repr(value)} where touchpoint_id = '{name}'"
            )


def _told(engine) -> dict[str, tuple[str | None, ...]]:
    rows = engine.rows(
        f"select touchpoint_id, {', '.join(MEDIA)}, linear_credit_micro from ledgers.fct_attribution_credit_wide "
        "where touchpoint_id is not null"
    )
    assert sum(row[-1] for row in rows) == 1_000_000
    told = {row[0]: row[1:-1] for row in rows}
    assert len(told) == len(rows), "a touch has two rows"
    return told


@pytest.mark.parametrize("column", MEDIA)
def test_touches_that_differ_in_one_column_tell_their_own(models, column: str) -> None:
    same: dict[str, str | None] = dict.fromkeys(MEDIA, "same")
    touches = {"a": same, "b": {**same, column: "other"}, "c": {**same, column: "third"}}
    with world() as engine:
        _touched(engine, touches)
        engine.make(models)
        assert _told(engine) == {name: tuple(values.values()) for name, values in touches.items()}


def test_a_value_that_moves_to_another_column_is_another_combination(models) -> None:
    none: dict[str, str | None] = {**dict.fromkeys(MEDIA), "channel": "ads", "evidence": "event"}
    touches = {column: {**none, column: "x"} for column in MEDIA}
    touches["both"] = {**none, "ad_id": "x", "content_id": "x"}
    touches["neither"] = none
    with world() as engine:
        _touched(engine, touches)
        engine.make(models)
        assert _told(engine) == {name: tuple(values.values()) for name, values in touches.items()}


def test_recipients_of_one_combination_share_its_row(models) -> None:
    with world() as engine:
        _touched(engine, {name: {"campaign_id": "spring"} for name in ("a", "b", "c")})
        engine.make(models)
        assert len(_told(engine)) == 3
        # Theirs and nobody's.
        assert engine.rows("select campaign_id, evidence from intermediate.int_credit__media order by all") == [
            ("spring", "event"),
            (None, "unattributed"),
        ]


@pytest.mark.parametrize("column", LINE)
def test_lines_that_differ_in_one_column_tell_their_own(models, column: str) -> None:
    lines: dict[str, dict[str, str | None]] = {
        name: {**dict.fromkeys(LINE, "same"), column: value}
        for name, value in zip("abc", ("one", "two", None), strict=True)
    }
    with world() as engine:
        engine.fill([], [Conversion(name, "ann", HOUR_US, 999, reporting_minor=999) for name in lines])
        for name, values in lines.items():
            given = ", ".join(f"{key} = {'null' if value is None else repr(value)}" for key, value in values.items())
            engine.execute(f"update intermediate.int_conversions__converted set {given} where conversion_id = '{name}'")
        engine.make(models)
        told = engine.rows(
            f"select conversion_id, {', '.join(LINE)} from ledgers.fct_attribution_credit_wide order by all"
        )
        assert told == [(name, *values.values()) for name, values in lines.items()]
