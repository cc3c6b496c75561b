"""A failure in words: by the runbook, on a terminal, in the refusal of a run, and by ``phygital validate``."""

import json
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from phygital_funnel import quality
from phygital_funnel.commands.quality import quality as write_page
from phygital_funnel.commands.quality import validate
from phygital_funnel.errors import ConfigError, QualityGateFailed
from phygital_funnel.quality import explain, runbook
from phygital_funnel.quality.gate import TABLE_EXISTS_ID
from phygital_funnel.quality.results import keys_of
from phygital_funnel.quality.suites import find_suites
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.warehouse import database

from .recorded import check

PROJECT = Path(__file__).parents[2]
CHECKS = [one for stage in quality.STAGES for suite in find_suites(PROJECT, stage) for one in suite.checks]
NUMBERS = {one.id for one in CHECKS} | {TABLE_EXISTS_ID}
RUNBOOK = runbook.read(PROJECT)
OVERSPENT = "update staging.stg_tiktok_ads__ad_report_daily set spend_minor = -1"
Broken = Callable[..., Path]


def test_every_check_has_an_entry_in_the_runbook_that_says_what_to_do() -> None:
    """Who is called at night finds the number of the check there, and under it four answers."""
    assert NUMBERS - set(RUNBOOK) == set()
    for number, entry in RUNBOOK.items():
        assert entry.title.startswith(f"{number}: "), number
        answers = (entry.means, entry.look, entry.mend, entry.let_pass)
        assert all(len(answer.split()) >= 1 and answer.endswith((".", ":")) for answer in answers), number


def test_no_anchor_comes_twice() -> None:
    """A link would lead to the first of them."""
    anchors = re.findall(r'<a id="([^"]+)"></a>', (PROJECT / runbook.PAGE).read_text())
    assert len(anchors) == len(set(anchors)) == len(RUNBOOK)


def test_every_rule_of_a_bound_has_words() -> None:
    """A rule that nobody has put into words would be shown as a name."""
    rules = {one.bound.partition(": ")[0] for one in CHECKS}
    assert len(rules) >= 8
    spelled = {explain.expected(check("a", bound=f"{rule}: THIS")).partition(". ")[2] for rule in rules}
    assert len(spelled) == len(rules)
    for rule in rules:
        told = explain.expected(check("a", bound=f"{rule}: THIS")).partition(". ")[2]
        assert "THIS" in told
        assert not told.startswith(rule.replace("_", " ").capitalize() + ":"), rule


def test_an_explanation_says_all_that_is_asked_at_night() -> None:
    """Expected and why, seen, the rows, what follows, who, what to do."""
    result = check(
        "money_is_conserved",
        fails=1234,
        severity="critical",
        action="block",
        bound="invariant: to the minor unit",
        sample=[{"currency": "USD", "amount_minor": 7}, {"currency": "EUR\x1b[2J\nrm", "amount_minor": None}],
    )
    assert explain.lines(explain.explain(result, RUNBOOK), result, " So since Monday.") == [
        "M2 money is conserved (marts, orders; critical)",
        "  expected  Money is conserved. Always: to the minor unit.",
        "  why       Because it matters.",
        "  seen      1,234 rows break it. So since Monday.",
        "  rows      currency=USD, amount_minor=7",
        r"            currency=EUR\x1b[2J\nrm, amount_minor=None",
        "  follows   The run stops here and the last good release stays published.",
        "  owner     finance",
        f"  to do     {RUNBOOK['M2'].mend} See docs/runbook.md#m2",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fails": 1}, "1 row breaks it."),
        ({"fails": None, "success": False, "observed": "not evaluated: no such column"}, "not evaluated: no such"),
        ({"fails": None, "success": False, "observed": None}, "No value."),
        ({"fails": 0}, "No row breaks it."),
    ],
)
def test_what_was_seen_is_a_sentence(changes: dict[str, Any], words: str) -> None:
    """Also where no row can be counted."""
    assert explain.seen(check("a", **changes)).startswith(words)


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (
            "few_rows: 1 % of the rows, and more than 5",
            "Single ones may break it; it fails beyond 1 % of",
        ),
        ("freshness_target: 3 days", "Its age may reach 3 days."),
        ("freshness_target: a rate at most 4 days old", "New enough is a rate at most 4 days old."),
        ("decision: none waits", "Of people's decisions, none waits."),
        ("reconciliation: 3 % of a week", "Two reports of one thing may differ; it fails beyond 3 % of a week."),
        ("contract: no mail address", "By the contract: no mail address."),
    ],
)
def test_a_bound_of_each_kind_reads_as_a_sentence(bound: str, words: str) -> None:
    """Who is called at night should not have to guess whether "at most, and more than" was meant."""
    assert words in explain.expected(check("a", bound=bound))


def test_no_bound_reads_against_its_sentence() -> None:
    """A limit that the words around it turn over says the opposite."""
    told = {explain.expected(check("a", bound=one.bound)).partition(". ")[2] for one in CHECKS}
    turned = re.compile(r"[Aa]t most [^.]*and more than|[Oo]lder than (a|for) ")
    assert {words for words in told if turned.search(words)} == set()


def test_a_share_says_how_large_it_is_and_of_what() -> None:
    """One row that stands for thousands is not "1 row breaks it"."""
    row = {
        "rows_known": 4000, "rows_quarantined": 300, "new_rows": 40, "new_rows_quarantined": 40,
        "commonest_rule": "unknown_currency", "newest_commits_and_rows": "[(7, 3), (7, 2)]",
    }  # fmt: skip
    result = check("few_rows_are_quarantined", fails=1, bound="few_rows: 0.5 % of the rows", sample=[row])
    assert explain.seen(result) == ("rows quarantined 300 of 4,000 (7.5 %); new rows quarantined 40 of 40 (100.0 %).")
    assert keys_of([row]) == ["commonest_rule=unknown_currency, newest_commits_and_rows=[(7, 3), (7, 2)]"]
    by_commit = [{"_commit": 7, "landed_rows": 200, "malformed_rows": 50}, {"_commit": 8}]
    result = check("few_rows_are_malformed", fails=2, bound="few_rows: 1 %", sample=by_commit)
    assert explain.seen(result) == "2 groups break it; of the first: malformed rows 50 of 200 (25.0 %)."
    money = {"market": "DE", "money_known": "400.00", "money_quarantined": "100.00", "rows_quarantined": 6}
    result = check("little_money_is_quarantined", fails=1, bound="few_rows: 0.5 %", sample=[money])
    assert explain.seen(result) == "money quarantined 100 of 400 (25.0 %)."


def test_without_the_runbook_the_explanation_still_names_its_place() -> None:
    """An image may leave the documents out."""
    assert runbook.read(PROJECT / "src") == {}
    told = explain.explain(check("a"), {})
    assert (told.to_do, told.address) == ("", "docs/runbook.md#m2")


def test_keys_name_rows_and_no_person() -> None:
    """What is printed of a row goes into logs that many can read."""
    row = {
        "event_date": "2026-11-01", "ad_id": 7, "amazon_order_id": "111-2", "visitor_id": "v", "journey_key": "j",
        "person_hash": "p", "spend_minor": -1, "note": "Ana", "handle": "@ana", "market": None, "user_id": 3,
    }  # fmt: skip
    assert keys_of([row, row, {"note": "x"}]) == ["event_date=2026-11-01, ad_id=7"]
    assert keys_of([{"ad_id": "\x1b]0;x\x07" + "y" * 99}])[0] == r"ad_id=\x1b]0;x\x07" + "y" * 47 + "…"
    assert len(keys_of([{"ad_id": number} for number in range(9)])) == 5


def test_a_refused_run_names_the_rows_and_its_log_explains(
    settings: Settings, broken: Broken, caplog: pytest.LogCaptureFixture
) -> None:
    """This message is what Airflow shows of the failed task, and what `phygital build` prints."""
    table = "stg_tiktok_ads__ad_report_daily"
    result = quality.evaluate(settings, "staging", broken("staging", OVERSPENT), run_id="run", table=table)
    with caplog.at_level(logging.INFO):
        explain.log_failures(result, PROJECT)
    with pytest.raises(QualityGateFailed) as refused:
        quality.enforce(result)
    (failed,) = result.critical_failures
    assert f"S7 staging/{table}: spend_is_not_negative (2 unexpected rows)" in str(refused.value)
    assert " Rows: " in str(refused.value)
    assert all(keys in str(refused.value) for keys in keys_of(failed.sample))
    assert keys_of(failed.sample)
    assert f"to do     {RUNBOOK['S7'].mend} See docs/runbook.md#s7" in caplog.text


@pytest.fixture
def built(settings: Settings, broken: Broken, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose build has spent less than nothing."""
    path = settings.home / "build" / "build.duckdb"
    path.parent.mkdir(parents=True)
    shutil.copyfile(broken("staging", OVERSPENT), path)
    monkeypatch.setenv("PHYGITAL_HOME", str(settings.home))
    monkeypatch.setenv("PHYGITAL_PROJECT_DIR", str(PROJECT))
    for source in map(str.upper, API_SOURCES):
        monkeypatch.setenv(f"PHYGITAL_{source}_CREDENTIALS_FILE", "unused.json")
        monkeypatch.setenv(f"PHYGITAL_{source}_ACCOUNTS", "1")
    return settings


def test_validate_explains_one_table_and_exits_with_1(built: Settings) -> None:
    """A person asks for the table that stopped the run, and gets it in words."""
    app = typer.Typer()
    app.command()(validate)
    shown = CliRunner().invoke(app, ["staging", "--table", "stg_tiktok_ads__ad_report_daily"])
    assert shown.exit_code == 1
    for words in (
        "S7 spend is not negative (staging, stg_tiktok_ads__ad_report_daily; critical)",
        "  expected  Spend is not negative",
        "  why       ",
        "  seen      2 rows break it. So since 2026-11-03 06:00 UTC.",
        "  rows      ",
        "  owner     media",
        "docs/runbook.md#s7",
        "gate staging: BLOCKED; 1 of ",
        "page  ",
    ):
        assert words in shown.output
    page = built.home / "state" / "quality" / "index.html"
    assert "spend is not negative" in page.read_text()
    (kept,) = (built.home / "state" / "quality").glob("validate-*/staging.json")
    assert {one["suite"] for one in json.loads(kept.read_text())["checks"]} == {
        "staging/stg_tiktok_ads__ad_report_daily"
    }
    with pytest.raises(ConfigError, match=r"the gate 'staging' has no suite .* did you mean stg_tiktok_ads__ad_report"):
        CliRunner().invoke(app, ["staging", "--table", "ad_report_daily"], catch_exceptions=False)


@pytest.mark.parametrize("command", [validate, write_page])
def test_a_home_that_is_not_there_is_refused_and_not_made(
    command: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was mistyped must not become a home of its own, with an empty page that says all is well."""
    monkeypatch.setenv("PHYGITAL_HOME", str(tmp_path / "hmoe"))
    app = typer.Typer()
    app.command()(command)
    with pytest.raises(ConfigError, match=r"there is no home .*hmoe.*PHYGITAL_HOME"):
        CliRunner().invoke(app, ["marts"] if command is validate else [], catch_exceptions=False)
    assert not (tmp_path / "hmoe").exists()


def test_an_evaluation_by_hand_never_touches_what_it_looks_at(built: Settings) -> None:
    """`phygital validate` is for looking."""
    app = typer.Typer()
    app.command()(validate)
    path = built.home / "build" / "build.duckdb"
    before = path.read_bytes()
    CliRunner().invoke(app, ["staging", "--table", "stg_tiktok_ads__ads", "--all"])
    assert path.read_bytes() == before
    with database.connect(path):
        pass  # nobody holds it
