"""A rejected row comes back once and only once: by a decision, until a newer extraction replaces it or it is withdrawn.

The rules of current rows and of decisions are told again in Python, for a feed of changes, a window stream and a
snapshot, and random histories of extractions, releases, withdrawals and rebuilds must agree with them row by row.
"""

import json
from itertools import groupby

import pytest
from dbt_compiled import Compiled, empty_database
from dbt_histories import SCALE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quarantine_home import CLICKS, DAYS, JUDGED, LINES, MARKETS, RATES, TAGS, Home, expected
from typer.testing import CliRunner

from phygital_funnel.commands.quarantine import app
from phygital_funnel.errors import ConfigError
from phygital_funnel.quarantine import decisions
from phygital_funnel.quarantine.decisions import RELEASE, WITHDRAW
from phygital_funnel.quarantine.reading import RejectedRow, Standing


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One home for the module's tests; each forgets what was landed and decided before."""
    folder = tmp_path_factory.mktemp("released")
    relations = (CLICKS, DAYS, RATES, LINES, TAGS)
    compiled = Compiled.of(folder, *(f"{prefix}_{name}" for name in relations for prefix in ("stg", "quarantine")))
    with empty_database() as con:
        con.execute("create schema if not exists quarantine")
        compiled.run(con, is_kept=False)
        yield Home(con, compiled, folder / "home")


LANDINGS = st.one_of(
    st.tuples(st.just(CLICKS), st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=4),
              st.sampled_from(["f", "g"]), st.none()),
    st.tuples(st.just(DAYS), st.lists(st.tuples(st.sampled_from("01234"), st.just(True)), min_size=1, max_size=4),
              st.sampled_from(["b"]), st.sampled_from([(0, 1), (1, 3), (2, 2), (3, 4)])),
    st.tuples(st.just(RATES), st.lists(st.tuples(st.sampled_from("xy"), st.booleans()), min_size=1, max_size=3),
              st.sampled_from(["f", "g"]), st.none()),
)  # fmt: skip
STEPS = st.one_of(LANDINGS, LANDINGS, st.tuples(st.sampled_from([RELEASE, RELEASE, WITHDRAW]), st.integers(0, 30)))


@settings(max_examples=20 * SCALE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
def test_in_any_order_of_extractions_and_decisions_each_row_is_where_the_rules_say(home, steps):
    """Releases are of rows that are rejected then, withdrawals of rows that are released, some between two builds."""
    home.forget()
    for place, step in enumerate(steps, 1):
        if step[0] in JUDGED:
            home.land(*step)
        else:
            _decide(home, *step)
        if place % 3 == 0 or place == len(steps):
            _agree(home)


def _decide(home, decision, place):
    standing = decisions.known(home.settings).standing()
    choice = list(standing)
    if decision == RELEASE:
        rules = expected(home.rows, standing)
        choice = [row.released(rules[row.place]) for row in home.rows if rules.get(row.place)]
    if choice:
        home.decide(decision, [choice[place % len(choice)]])


def _agree(home):
    found = home.build()
    standing = list(decisions.known(home.settings).standing())
    assert found == expected(home.rows, standing)
    for relation in JUDGED:
        rules = [rule for (name, _, _), rule in found.items() if name == relation]
        assert home.counts(relation) == (rules.count(""), len(rules) - rules.count(""))
    by_row = {row.place: row for row in home.rows}
    stand = sorted(
        (name, by_row[name, commit, number].key) for (name, commit, number), rule in found.items() if not rule
    )
    assert [len(list(same)) for _, same in groupby(stand)] == [1] * len(set(stand)), "a key stands twice"


def test_of_two_rows_of_a_key_the_one_released_last_stands_and_withdrawing_gives_the_other_back(home):
    home.forget()
    home.land(CLICKS, [("a", True)] * 3, "f")
    rules = ["", "duplicate_key", "duplicate_key"]
    assert _rules(home) == rules
    for number in (1, 2, 0):
        home.decide(RELEASE, [home.rows[number].released("duplicate_key")])
        assert [place for place, rule in enumerate(_rules(home)) if rule == ""] == [number]
    for number, left in ((0, 2), (2, 1), (1, 0)):
        home.decide(WITHDRAW, [home.rows[number].released("duplicate_key")])
        assert [place for place, rule in enumerate(_rules(home)) if rule == ""] == [left]


def test_among_extractions_the_newest_row_of_a_key_stands_whatever_was_released(home):
    home.forget()
    home.land(RATES, [("x", True), ("x", True)], "f")
    home.decide(RELEASE, [home.rows[1].released("duplicate_key")])
    assert _rules(home) == ["duplicate_key", ""]
    home.land(RATES, [("x", True)], "g")

    assert _rules(home) == ["duplicate_key", "duplicate_key", ""]


def test_a_decision_names_one_rule_and_the_row_stays_out_for_another(home):
    home.forget()
    home.land(DAYS, [("4", False)], "b", (0, 1))
    home.decide(RELEASE, [home.rows[0].released("outside_window"), home.rows[0].released("unparseable_number")])

    assert _rules(home) == ["unparseable_number"]


def test_a_newer_extraction_of_its_day_replaces_a_released_row_even_by_nothing(home):
    home.forget()
    home.land(DAYS, [("4", True)], "b", (0, 1))
    home.decide(RELEASE, [home.rows[0].released("outside_window")])
    assert _rules(home) == [""]
    home.land(DAYS, [("3", True)], "b", (3, 4))

    assert _rules(home) == ["outside_window", ""]


def test_rows_of_an_unknown_market_come_back_by_themselves_once_the_market_is_dropped_in(home):
    home.forget()
    line = {"amazon_order_id": "o", "sku": "s", "asin": "A", "purchase_date": "2026-10-01T00:00:00Z", "quantity": "1"}
    line |= {"last_updated_date": "2026-10-01T00:00:00Z", "order_status": "Shipped", "item_price": "10.00"}
    home.land_as_it_is(LINES, [line], "MARKETPLACE")
    assert home.quarantined(LINES) == ["unknown_market"]
    market = {"market": "US", "marketplace_id": "MARKETPLACE", "country": "US", "currency": "USD"}
    home.land_as_it_is(MARKETS, [market | {"timezone": "America/Los_Angeles"}], "markets.csv")
    assert (home.quarantined(LINES), home.counts(LINES)) == ([], (1, 0))
    home.build()
    assert home.counts(LINES) == (1, 0)


def _rules(home):
    return [rule for _, rule in sorted(home.build().items())]


@pytest.fixture
def phygital(home, monkeypatch):
    """Runs `phygital quarantine ...` on what the home last built; gives the output, or the refusal."""
    monkeypatch.setenv("PHYGITAL_HOME", str(home.settings.home))

    def run(*arguments):
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, ConfigError):
            return f"refused: {result.exception}"
        assert result.exception is None, result.exception
        return result.output

    return run


@pytest.fixture
def hostile(home):
    """Clicks of a file with one good row, its double, and a row without a visitor whose id attacks the terminal."""
    home.forget()
    home.land(CLICKS, [("good", True), ("good", True), ("\x1b[2J\u202e[bold]x", False)], "a\x1b.csv")
    home.build()
    home.save()
    return [f"{CLICKS}-0:{number}" for number in range(3)]


def test_the_list_counts_by_table_and_rule_and_says_what_can_be_released(phygital, hostile):
    counts = json.loads(phygital("list", "--json"))

    assert [(one["table"], one["rule"], one["rows"], one["known_rows"], one["is_releasable"]) for one in counts] == [
        ("links.clicks", "duplicate_key", 1, 3, True),
        ("links.clicks", "missing_key", 1, 3, False),
    ]
    assert (counts[0]["sample"], counts[0]["first_landed_at"]) == (hostile[1], "2026-11-01T00:00:00")
    table = phygital("list", "--table", "quarantine_links__clicks")
    assert ("33.33%" in table, "missing_key" in table) == (True, True)
    assert "nothing is in quarantine after build test" in phygital("list", "--table", "links.registrations")


def test_a_row_is_shown_with_its_reason_and_its_origin_and_nothing_in_it_reaches_the_terminal(phygital, hostile):
    shown = phygital("show", hostile[2])

    assert "missing_key: a column that names the row is empty" in shown
    assert "links.clicks a\\x1b.csv, landed 2026-11-01 00:00:00 UTC, row 2 of it" in shown
    assert "row 2 of it (the first is 0), line 4 of the file unless" in shown
    assert "click_id = \\x1b[2J\\u202e[bold]x" in shown
    assert "extract the same window again" in shown
    as_json = phygital("show", "links.clicks", "--rule", "missing_key", "--json")
    assert all(char.isprintable() and char.isascii() for char in shown + as_json if char != "\n")
    assert json.loads(as_json)[0]["payload"]["click_id"] == "\x1b[2J\u202e[bold]x"
    assert json.loads(as_json)[0]["line"] == 4


def test_a_release_is_recorded_once_shown_until_the_build_and_effective_after_it(home, phygital, hostile):
    released = phygital("release", hostile[1], "--why", "the first was a test")
    assert released == "1 row of links.clicks released (duplicate_key); the next build takes it into account\n"
    assert json.loads(phygital("list", "--json"))[0]["waiting_for_build"] == 1
    assert "note   released; the next build takes it in" in phygital("show", hostile[1])
    again = phygital("release", hostile[1], "--why", "again")
    assert ("the first was a test" in again, "nothing new is recorded" in again) == (True, True)
    assert _rules(home) == ["duplicate_key", "", "missing_key"]
    home.save()
    after = phygital("release", hostile[1], "--why", "again")
    assert "was released already" in after
    assert decisions.known(home.settings).count == 1


def test_a_release_by_rule_is_of_the_rows_that_break_it_now_and_can_be_withdrawn(home, phygital, hostile):
    phygital("release", "--table", "links.clicks", "--rule", "duplicate_key", "--why", "all")
    home.land(CLICKS, [("later", True), ("later", True)], "f")
    assert _rules(home) == ["duplicate_key", "", "missing_key", "", "duplicate_key"]
    taken_back = phygital("withdraw", "--table", "links.clicks", "--rule", "duplicate_key", "--why", "not all")
    assert taken_back.startswith("1 row of links.clicks no longer released")
    assert "is not released" in phygital("withdraw", hostile[1], "--why", "again")
    assert _rules(home) == ["", "duplicate_key", "missing_key", "", "duplicate_key"]
    assert decisions.known(home.settings).count == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("release", f"{CLICKS}-0:2", "--why", "x"), ["cannot be released", "a column that names the row is empty"]),
        (("release", f"{CLICKS}-0:1", f"{CLICKS}-0:2", "--why", "x"), ["cannot be released"]),
        (("release", "--table", "links.clicks", "--rule", "missing_key", "--why", "x"), ["1 rows", "cannot"]),
        (("release", "--table", "links.clicks", "--rule", "odd", "--why", "x"), ["'odd'", "duplicate_key, miss"]),
        (("release", "--table", "links.clocks", "--rule", "odd", "--why", "x"), ["did you mean links.clicks"]),
        (("release", f"{CLICKS}-0:0", "--why", "x"), ["it was accepted"]),
        (("release", f"{CLICKS}-0:7", "--why", "x"), ["no row", f"did you mean {CLICKS}-0:"]),
        (("release", "else:1", "--why", "x"), ["no row 'else:1'", "quarantine list"]),
        (("release", "\x1b[2J", "--why", "x"), ["'\\x1b[2J' is no row's id"]),
        (("release", f"{CLICKS}-0:1", "--why", "  "), ["needs a reason"]),
        (("release", f"{CLICKS}-0:1", "--table", "links.clicks", "--rule", "r", "--why", "x"), ["Name the rows, or"]),
        (("release", "--table", "links.clicks", "--why", "x"), ["Name the rows, or"]),
        (("show", "else:1"), ["no row 'else:1'"]),
        (("show", "links.clicks", "--rule", "odd"), ["'odd' is not a row rule", "quarantine list"]),
        (("withdraw", "--table", "links.clicks", "--reason", "x"), ["Name the rows, or"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do_and_nothing_is_recorded(home, phygital, hostile, arguments, words):
    refusal = phygital(*arguments)

    assert refusal.startswith("refused: ")
    assert [word for word in words if word not in refusal] == []
    assert decisions.known(home.settings).count == 0


def test_a_row_that_was_replaced_is_said_to_be(home, phygital, hostile):
    home.land(CLICKS, [("good", True)], "f")
    home.build()
    home.save()

    assert "a newer extraction has replaced it" in phygital("release", hostile[1], "--why", "x")


def test_the_line_of_a_row_is_told_where_a_file_has_lines():
    def line(account):
        row = decisions.ReleasedRow(CLICKS, "m", 7, "missing_key")
        return RejectedRow(row, {}, account, "", None, None, Standing.NONE).line

    assert [line(name) for name in ("a.csv", "A.TSV.gz", "a.jsonl", "a.ndjson.gz", "a.parquet", "7012345678", "")] == [
        9, 9, 8, 8, None, None, None,
    ]  # fmt: skip


def test_a_tag_of_another_form_may_stand_and_an_empty_one_is_refused(home, phygital):
    """A release of an empty tag was accepted once, and no build could follow it."""
    tag = {"market": "US", "attribution_tag": "utm_source=x"}
    home.forget()
    home.land_as_it_is(TAGS, [tag | {"ad_id": "a"}, tag | {"ad_id": "b", "attribution_tag": " "}], "")
    assert home.quarantined(TAGS) == ["unusable_tag", "unusable_tag"]
    home.save()
    for arguments in ((f"{TAGS}-0:0", f"{TAGS}-0:1"), ("--table", "reference.tags", "--rule", "unusable_tag")):
        refusal = phygital("release", *arguments, "--why", "x")
        assert f"row {TAGS}-0:1 of reference.tags cannot be released: its attribution_tag is empty" in refusal
        assert "bring the file in again" in refusal
    assert decisions.known(home.settings).count == 0
    assert "1 row of reference.tags released" in phygital("release", f"{TAGS}-0:0", "--why", "our own form")
