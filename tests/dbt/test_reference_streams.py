"""Streams of files: typed, judged row by row, and conserved; reference tables by hand, all others by their fixtures."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from dbt_warehouse import Warehouse, streams

from phygital_funnel.sources.files import read_file

FIXTURES = Path(__file__).parents[1] / "sources/fixtures"

TABLES = ("fees", "promotions", "tags", "commission_rates")
FEE = {
    "market": "fr", "platform": "TikTok_Shop", "fee": "referral_fee", "base": "tax_included",
    "valid_from": "2025-03-31", "valid_to": "2026-01-08", "rate": "0.05",
}  # fmt: skip
PROMOTION = {
    "promotion_id": "promo_0000", "name": "9.9", "kind": "event", "market": "ID", "asin": None,
    "starts_at": "2026-09-08T17:00:00.000000Z", "ends_at": "2026-09-09T17:00:00Z", "discount_rate": "0.15",
}  # fmt: skip
TAG = {
    "ad_id": "1781130000000001", "market": "US", "campaign_id": "c", "ad_group_id": "g", "asin": "b0sbx00002",
    "attribution_tag": "maas=maas_adg_api_1_static_12_99&ref_=aa_maas&tag=maas",
    "created_at": "2026-09-06T14:00:00+02:00",
}  # fmt: skip
RATE = {"creator_id": "cr_1", "valid_from": "2026-06-09T00:00:00.000000Z", "valid_to": "", "rate": "0.25"}
# What each landed row becomes: the rule it breaks, or None.
ROWS: dict[str, list[tuple[dict[str, str | None], str | None]]] = {
    "fees": [
        (FEE, None),
        (FEE, "duplicate_key"),
        ({**FEE, "valid_from": "2026-01-08", "valid_to": None, "rate": "-0.1"}, None),
        ({**FEE, "market": " "}, "missing_key"),
        ({**FEE, "valid_from": "31.03.2025"}, "unparseable_date"),
        ({**FEE, "valid_to": "soon"}, "unparseable_date"),
        ({**FEE, "valid_to": "2025-03-31"}, "empty_validity"),
        ({**FEE, "rate": "0,05"}, "unparseable_number"),
        ({**FEE, "rate": "5"}, "unusable_rate"),
        ({**FEE, "base": "revenue"}, "unknown_base"),
    ],
    "promotions": [
        (PROMOTION, None),
        (PROMOTION, "duplicate_key"),
        ({**PROMOTION, "promotion_id": "p2", "discount_rate": None}, None),
        ({**PROMOTION, "promotion_id": None}, "missing_key"),
        ({**PROMOTION, "starts_at": "2026-09-08T23:59:60Z"}, "unparseable_time"),
        ({**PROMOTION, "ends_at": "2026-09-08T17:00:00Z"}, "empty_validity"),
        ({**PROMOTION, "discount_rate": "15 %"}, "unparseable_number"),
        ({**PROMOTION, "discount_rate": "15"}, "unusable_rate"),
    ],
    "tags": [
        (TAG, None),
        (TAG, "duplicate_key"),
        ({**TAG, "ad_id": "2", "created_at": ""}, None),
        ({**TAG, "market": None}, "missing_key"),
        ({**TAG, "created_at": "yesterday"}, "unparseable_time"),
        ({**TAG, "attribution_tag": "utm_source=tiktok"}, "unusable_tag"),
        ({**TAG, "attribution_tag": None}, "unusable_tag"),
    ],
    "commission_rates": [
        (RATE, None),
        (RATE, "duplicate_key"),
        ({**RATE, "valid_from": "2026-09-13 00:00:00", "rate": "0.3"}, None),
        ({**RATE, "creator_id": None}, "missing_key"),
        ({**RATE, "valid_to": "never"}, "unparseable_time"),
        ({**RATE, "valid_to": "2026-06-08T00:00:00Z"}, "empty_validity"),
        ({**RATE, "rate": ""}, "unparseable_number"),
        ({**RATE, "rate": "25"}, "unusable_rate"),
    ],
}


def fixtures() -> list[tuple[str, Path, int]]:
    """Relation, file and number of rows to be put aside, of the files beside which that number stands."""
    found = []
    for expected in sorted(FIXTURES.glob("*/*/invalid/*.expected.json")):
        quarantined = json.loads(expected.read_text(encoding="utf-8")).get("quarantined")
        relation = "__".join(expected.parts[-4:-2])
        if quarantined is not None and not relation.endswith(TABLES):
            (file,) = (path for path in expected.parent.glob(f"{expected.name.split('.')[0]}.*") if path != expected)
            found.append((relation, file, quarantined))
    return found


@pytest.fixture(scope="module")
def built(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    warehouse = new_warehouse("reference")
    for table in TABLES:
        warehouse.land(f"reference__{table}", [ROWS[table][0][0]], at="2026-09-30 00:00:00")
        warehouse.land(f"reference__{table}", [*(row for row, _ in ROWS[table]), {"_reject": "malformed_line"}])
    for relation, file, _ in fixtures():
        rows = read_file(file, streams()[relation]).to_pylist()
        warehouse.land(relation, rows, account=file.stem, at="2026-11-05 00:00:00")
    chosen = {relation for relation, *_ in fixtures()} | {f"reference__{table}" for table in TABLES}
    models = [model for one in chosen for model in (f"+stg_{one}", f"+quarantine_{one}")]
    warehouse.build("build", "--select", *models)
    return warehouse


@pytest.mark.parametrize("table", TABLES)
def test_each_row_breaks_the_rule_it_should(built: Warehouse, table: str) -> None:
    found = built.rows(f"select _row, reject_rule from base.base_reference__{table} where _commit = 1 order by _row")
    expected = [*(rule for _, rule in ROWS[table]), "malformed"]
    assert found == list(enumerate(expected))


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_lost_and_the_older_drop_is_superseded(built: Warehouse, table: str) -> None:
    ((known,),) = built.rows(f"select count(*) from base.base_reference__{table}")
    ((staged,),) = built.rows(f"select count(*) from staging.stg_reference__{table}")
    ((quarantined,),) = built.rows(f"select count(*) from quarantine.quarantine_reference__{table}")
    assert (known, staged) == (len(ROWS[table]) + 1, 2)
    assert staged + quarantined == known


def test_values_are_typed(built: Warehouse) -> None:
    assert built.rows(
        "select market, platform, valid_from::varchar, valid_to::varchar, fee_rate::double "
        "from staging.stg_reference__fees order by valid_from"
    ) == [("FR", "tiktok_shop", "2025-03-31", "2026-01-08", 0.05), ("FR", "tiktok_shop", "2026-01-08", None, -0.1)]
    assert built.rows("select asin, created_at::varchar from staging.stg_reference__tags order by ad_id limit 1") == [
        ("B0SBX00002", "2026-09-06 12:00:00")
    ]


@pytest.mark.parametrize(("relation", "file", "expected"), [pytest.param(*case, id=case[0]) for case in fixtures()])
def test_rows_of_a_bad_file_are_put_aside_and_the_others_staged(
    built: Warehouse, relation: str, file: Path, expected: int
) -> None:
    """A column that was retyped arrives as rows that break a rule, never as wrong figures."""
    landed = built.rows(
        f"select count(*), count(reject_rule), count(*) filter (where reject_rule = 'malformed') "
        f"from base.base_{relation} where _account = '{file.stem}'"
    )
    rows = read_file(file, streams()[relation]).num_rows
    assert landed == [(rows, expected, 0)]
