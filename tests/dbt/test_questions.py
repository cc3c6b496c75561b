"""The page of questions keeps to the published contracts; its answers are tested on a whole world in the slow suite."""

from pathlib import Path

import duckdb
import pytest
import yaml
from questions import questions

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MODELS = [
    model
    for layer in ("ledgers", "marts")
    for path in sorted((PROJECT / "models" / layer).glob("*.yml"))
    for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
]
EVERY_MODEL = pytest.mark.parametrize("model", [pytest.param(model, id=model["name"]) for model in MODELS])


@pytest.fixture(scope="module")
def release():
    """The published relations with their contracts' columns, and no rows."""
    with duckdb.connect() as con:
        for model in MODELS:
            columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
            con.execute(f"create table {model['name']} ({columns})")
        yield con


@pytest.mark.parametrize("number", sorted(questions()))
def test_every_query_reads_the_columns_that_are_published(release, number):
    release.execute(questions()[number]).fetchall()


def test_revenue_without_a_rate_is_told_beside_the_sum(release):
    """A sum that leaves it out must not pass for the whole."""
    release.execute("begin")
    release.execute(
        "insert into mart_attribution_daily by name select * from (values ('USD', 900, 900), ('GBP', 5000, null)) "
        "as credited (currency, attributed_amount_minor, attributed_amount_reporting_minor), "
        "(values ('attributed', 'last_engaged_touch', 'amazon', 'tiktok_ads', date '2026-10-05', 'USD')) as shared "
        "(attribution_view, attribution_model, platform, channel, event_date_market, reporting_currency)"
    )
    assert release.execute(questions()[1]).fetchall() == [(900, "USD", 1)]
    release.execute("rollback")


def test_there_are_twenty_questions():
    assert sorted(questions()) == list(range(1, 21))


def test_the_page_says_of_every_published_table_what_it_is_for():
    """A table that no query and no row of the page names is one that nobody finds."""
    page = (PROJECT.parent / "docs" / "questions.md").read_text(encoding="utf-8")
    assert [model["name"] for model in MODELS if model["name"] not in page] == []


@EVERY_MODEL
def test_published_relations_say_their_grain_owner_and_columns(model):
    """What stands here is what readers find as comments in the release."""
    assert model["description"].startswith("One row per ")
    assert model["config"]["meta"]["owner"]
    for column in model["columns"]:
        assert column["description"].strip(), column["name"]
        assert column["data_type"], column["name"]


@EVERY_MODEL
def test_money_names_its_unit_and_stands_beside_its_currency(model):
    names = {column["name"] for column in model["columns"]}
    money = {
        name for name in names if any(word in name for word in ("amount", "spend", "price", "bonus_", "commission_"))
    }
    money -= {name for name in money if name.endswith(("_rate", "_micro", "_id"))}

    assert {name for name in money if not name.endswith(("_minor", "_change"))} == set()
    assert not any(name.endswith("_minor") for name in names) or "currency" in names


@EVERY_MODEL
def test_columns_said_not_to_add_up_exist(model):
    named = model["config"]["meta"].get("not_additive", [])
    assert set(named) <= {column["name"] for column in model["columns"]}
