"""Every recorded answer, good and bad, goes over real HTTP through its extractor into a landing zone.

``fixtures/<source>/<stream>/valid`` must land as they say, ``invalid/<fault>`` must be refused or marked as they say;
README.md beside them describes the format.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import FunnelError
from phygital_funnel.landing import Landing
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.registry import all_streams, streams_of
from phygital_funnel.sources.stream import Stream, Window

from .replay import Replay, serving

FIXTURES = Path(__file__).parent / "fixtures"
WINDOW = ("2026-11-03", "2026-11-04")
EXPECTATION = ".expected.json"

Home = Callable[..., Settings]
Rows = Callable[..., list[dict[str, Any]]]


@dataclass(frozen=True)
class Case:
    """One fixture: what it holds and what it must lead to."""

    path: Path
    content: dict[str, Any]
    is_valid: bool

    @property
    def name(self) -> str:
        """Its place below the fixtures, without the suffix."""
        return self.path.relative_to(FIXTURES).as_posix().removesuffix(".json")

    @property
    def stream(self) -> Stream:
        """The stream whose folder it is in."""
        source, name = self.path.relative_to(FIXTURES).parts[:2]
        return streams_of(source, name)[0]

    @property
    def window(self) -> Window:
        """The dates to ask for."""
        start, end = self.content.get("window", WINDOW)
        return Window(date.fromisoformat(start), date.fromisoformat(end))


def api_cases(kind: str) -> list[Any]:
    """The JSON fixtures of API streams."""
    return [
        pytest.param(case, id=case.name)
        for source in API_SOURCES
        for path in sorted(FIXTURES.glob(f"{source}/*/{kind}/*.json"))
        for case in (Case(path, json.loads(path.read_text(encoding="utf-8")), kind == "valid"),)
    ]


def file_cases(kind: str) -> list[Any]:
    """The files of streams that arrive as files, with what is expected of them if that is written beside them."""
    found = []
    for path in sorted(FIXTURES.glob(f"*/*/{kind}/*")):
        if path.relative_to(FIXTURES).parts[0] in API_SOURCES or path.name.endswith(EXPECTATION):
            continue
        expected = path.with_name(path.name.split(".")[0] + EXPECTATION)
        content = json.loads(expected.read_text(encoding="utf-8")) if expected.is_file() else {}
        case = Case(path, content, kind == "valid")
        found.append(pytest.param(case, id=case.name))
    return found


@pytest.mark.parametrize("case", api_cases("valid") + api_cases("invalid"))
def test_an_answer_of_a_platform_leads_to_what_its_fixture_says(
    case: Case, home_of: Home, landed_rows: Rows, caplog: Any
) -> None:
    with serving(Replay(case.content["exchanges"])) as replay:
        settings = home_of(replay.url, case.content.get("now"), **_filled(case.content.get("env", {}), replay.url))
        for name, text in case.content.get("files", {}).items():
            path = settings.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name in case.content.get("land_first", []):
            pipeline.extract(settings, *name.split(".")[:1], case.window, stream=name.split(".")[1])
        error = _extract(case, settings)
    _check(case, settings, landed_rows, error, replay.url, caplog.text)
    allowed = set(case.content.get("unexpected", []))
    assert set(replay.unexpected) == allowed, "the extractor asked for what the fixture does not answer"


@pytest.mark.parametrize("case", file_cases("valid") + file_cases("invalid"))
def test_a_file_leads_to_what_is_said_beside_it(case: Case, home_of: Home, landed_rows: Rows, caplog: Any) -> None:
    settings = home_of("http://127.0.0.1:9", case.content.get("now"))
    drop = Path(settings.drop_url) / case.stream.source / case.stream.name
    drop.mkdir(parents=True)
    shutil.copyfile(case.path, drop / case.content.get("name", case.path.name))

    error = _extract(case, settings)

    _check(case, settings, landed_rows, error, settings.drop_url, caplog.text)


@pytest.mark.parametrize("stream", all_streams(), ids=lambda stream: stream.relation)
def test_every_stream_has_good_and_bad_fixtures(stream: Stream) -> None:
    folder = FIXTURES / stream.source / stream.name
    for kind in ("valid", "invalid"):
        assert list((folder / kind).glob("*")), f"{folder.relative_to(FIXTURES)}/{kind} is empty"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*/*/*.json")), ids=lambda path: path.name)
def test_a_fixture_says_what_it_is_about(path: Path) -> None:
    if path.parents[2].name in API_SOURCES or path.name.endswith(EXPECTATION):
        about = json.loads(path.read_text(encoding="utf-8")).get("about", "")
        assert about.endswith("."), f"{path.relative_to(FIXTURES)} needs 'about': one sentence"


def _filled(variables: dict[str, str], url: str) -> dict[str, str]:
    return {name: text.replace("{base}", url) for name, text in variables.items()}


def _extract(case: Case, settings: Settings) -> FunnelError | None:
    """Extract the stream; gives the error it ended with. Any other exception is a defect and fails the test."""
    account = case.content.get("account")
    try:
        pipeline.extract(settings, case.stream.source, case.window, account=account, stream=case.stream.name)
    except FunnelError as error:
        return error
    return None


def _check(case: Case, settings: Settings, landed_rows: Rows, error: FunnelError | None, base: str, log: str) -> None:
    expected = case.content
    rows = landed_rows(settings, case.stream)
    if error is not None:
        told = str(error).replace(base, "{base}").replace(str(settings.home), "{home}")
        assert (type(error).__name__, told) == (expected.get("raises", "no error"), expected.get("message"))
    else:
        assert "raises" not in expected, f"{expected['raises']} was not raised; {len(rows)} rows landed"
    _check_rows(case, rows, error)
    _check_new_fields(case, settings, rows, log)


def _check_rows(case: Case, rows: list[dict[str, Any]], error: FunnelError | None) -> None:
    expected = case.content
    assert sum(bool(row["_reject"]) for row in rows) == expected.get("malformed", 0), "malformed rows"
    if error is not None:
        assert len(rows) == expected.get("rows", expected.get("landed", 0)), "rows landed before the error"
    elif "rows" in expected or "landed" in expected:
        assert len(rows) == expected.get("rows", expected.get("landed")), "rows landed"
    else:
        assert case.is_valid, 'an invalid fixture says what it leads to: "raises" and "message", "rows" or "landed"'
        assert rows, 'a fixture of no rows must say so: "rows": 0'


def _check_new_fields(case: Case, settings: Settings, rows: list[dict[str, Any]], log: str) -> None:
    expected = set(case.content.get("warns", []))
    found = {name for row in rows if row["_extra"] and not row["_reject"] for name in json.loads(row["_extra"])}
    assert found == expected, "fields that the stream does not declare"
    for name in expected:
        assert name in log, f"nothing was logged of the new field {name}"
    if rows:
        manifests = Landing.of(settings).manifests(case.stream)
        assert {name for manifest in manifests for name in manifest.new_fields} == expected
