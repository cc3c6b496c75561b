"""Every source meets every fault that can strike it: passing ones cost nothing, staying ones land nothing."""

from datetime import date, timedelta

import httpx
import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import SourceError
from phygital_funnel.sandbox.api.faults import KINDS
from phygital_funnel.settings import Settings
from phygital_funnel.sources import amazon_auth
from phygital_funnel.sources.registry import streams_of
from phygital_funnel.sources.stream import Window

from .conftest import ACCOUNTS
from .matrix import ENDPOINTS, IN_OTHER_ORDER, WHOLE

OF_TOKENS = ("revoked_token", "expired_token")
TWICE, ONCE = 2, 1
# The quick suite tries one kind of each way to fail; our code cannot tell these from those.
ALIKE = ("throttle_bare", "throttle_hint", "bad_gateway", "drop_connection", "maintenance", "slow", "expired_token")
OFTEN_ASKED = "/sales/"
CELLS = [
    pytest.param(
        endpoint,
        kind,
        id=f"{endpoint.name}-{kind}",
        marks=[pytest.mark.slow] if kind in ALIKE or endpoint.match == OFTEN_ASKED else [],
    )
    for endpoint in ENDPOINTS
    for kind in endpoint.cells
]
OF_THE_EXTRACTION = ("_manifest_id", "_extracted_at")
LAST_DAYS = Window(date(2026, 11, 1), date(2026, 11, 2))


@pytest.fixture(scope="session")
def whole_rows(sandbox, tmp_path_factory, landed_rows):
    """What an extraction without faults lands, by endpoint; read once each."""
    known = {}

    def rows_of(endpoint):
        key = endpoint.source, endpoint.stream
        if key not in known:
            home = tmp_path_factory.mktemp("whole")
            with pytest.MonkeyPatch.context() as patch:
                settings = settings_in(home, sandbox, patch)
                extract(settings, endpoint)
                known[key] = facts(landed_rows(settings, stream_of(endpoint)))
        assert known[key], "an endpoint without rows would prove nothing"
        return known[key]

    return rows_of


@pytest.fixture(autouse=True)
def new_moment(sandbox, monkeypatch):
    """A second later, so that no report of another test is the answer; nobody is signed in."""
    sandbox.set_clock(sandbox.now() + timedelta(seconds=1))
    monkeypatch.setattr(amazon_auth, "_TOKENS", {})


def settings_in(home, sandbox, patch):
    for name, value in sandbox.environment.items():
        patch.setenv(name, value)
    patch.setenv("PHYGITAL_HOME", str(home))
    return Settings.from_env()


def stream_of(endpoint):
    return streams_of(endpoint.source, endpoint.stream)[0]


def extract(settings, endpoint):
    for name in endpoint.needs:
        source, stream = name.split(".")
        pipeline.extract(settings, source, LAST_DAYS, stream=stream)
    return pipeline.extract(
        settings,
        endpoint.source,
        LAST_DAYS,
        account=ACCOUNTS.get(endpoint.source),
        stream=endpoint.stream,
    )


def facts(rows):
    return [{name: value for name, value in row.items() if name not in OF_THE_EXTRACTION} for row in rows]


def unordered(rows):
    return sorted(repr({**row, "_row": None}) for row in rows)


def struck(sandbox, kind):
    return httpx.get(f"{sandbox.control_url}/faults", trust_env=False).json()["struck"].get(kind, 0)


def outcome_of(settings, endpoint):
    """The error an extraction ended with, None when it ended well."""
    try:
        extract(settings, endpoint)
    except SourceError as error:
        return error
    return None


@pytest.mark.parametrize(("endpoint", "kind"), CELLS)
def test_a_passing_fault_changes_nothing_or_is_told(settings, sandbox, faults, whole_rows, landed_rows, endpoint, kind):
    whole = whole_rows(endpoint)
    expected, _ = endpoint.cells[kind]
    faults(kind, match=endpoint.match, times=ONCE if kind in OF_TOKENS else TWICE, seconds=0.01)

    error = outcome_of(settings, endpoint)

    assert struck(sandbox, kind), "the fault struck nothing"
    rows = facts(landed_rows(settings, stream_of(endpoint)))
    if expected is WHOLE:
        assert error is None, error
        assert rows == whole or (kind in IN_OTHER_ORDER and unordered(rows) == unordered(whole))
    else:
        assert isinstance(error, expected), error
        assert rows == []


@pytest.mark.parametrize(("endpoint", "kind"), CELLS)
def test_a_staying_fault_lands_nothing_and_a_later_run_lands_all(
    settings, sandbox, faults, whole_rows, landed_rows, endpoint, kind
):
    whole = whole_rows(endpoint)
    _, expected = endpoint.cells[kind]
    faults(kind, match=endpoint.match, times=None, seconds=0.01)

    error = outcome_of(settings, endpoint)

    assert struck(sandbox, kind), "the fault struck nothing"
    rows = facts(landed_rows(settings, stream_of(endpoint)))
    if expected is WHOLE:
        assert error is None, error
        assert rows == whole
        return
    assert isinstance(error, expected), error
    assert endpoint.source in str(error)
    assert rows == []
    sandbox.clear_faults()
    assert outcome_of(settings, endpoint) is None
    assert facts(landed_rows(settings, stream_of(endpoint))) == whole


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_kind_of_fault_has_a_place_in_the_matrix(endpoint):
    """A new kind, or a new endpoint, cannot be forgotten."""
    for kind in KINDS:
        places = [kind in place for place in (endpoint.cells, endpoint.spoils, endpoint.cannot)]
        assert any(places), f"{endpoint.name} says nothing of {kind}"


@pytest.mark.parametrize(
    "endpoint",
    [endpoint for endpoint in ENDPOINTS if "malformed_row" in endpoint.spoils],
    ids=lambda endpoint: endpoint.name,
)
def test_a_line_that_breaks_off_is_landed_as_it_stood_beside_the_good_ones(
    settings, faults, whole_rows, landed_rows, endpoint
):
    whole = whole_rows(endpoint)
    faults("malformed_row", match=endpoint.match, times=None)  # a file is looked at before it is read

    assert outcome_of(settings, endpoint) is None

    rows = landed_rows(settings, stream_of(endpoint))
    rejected = [row for row in rows if row["_reject"]]
    assert len(rejected) == len({row["_manifest_id"] for row in rows}), "one of each file"
    assert all(row["_extra"] for row in rejected)
    assert len(rows) == len(whole)
    assert len(set(unordered(facts(rows))) & set(unordered(whole))) == len(whole) - len(rejected)


@pytest.mark.parametrize(
    ("kind", "column"), [("negative_spend", "spend"), ("unknown_currency", "currency")], ids=lambda text: text
)
def test_a_value_that_makes_no_sense_is_landed_as_it_came_for_the_row_rules(
    settings, faults, whole_rows, landed_rows, kind, column
):
    endpoint = next(endpoint for endpoint in ENDPOINTS if kind in endpoint.spoils)
    whole = whole_rows(endpoint)
    faults(kind, match=endpoint.match, times=1)

    assert outcome_of(settings, endpoint) is None

    rows = facts(landed_rows(settings, stream_of(endpoint)))
    assert [{**row, column: None} for row in rows] == [{**row, column: None} for row in whole]
    assert rows != whole
