"""The trigger that waits for reports: what it is made from, and when it fires. Over real HTTP, against the sandbox."""

import asyncio
import time
from datetime import UTC, datetime

import pytest
import stamina

from phygital_funnel.sandbox.process import running

ARGUMENTS = {
    "source": "amazon_ads",
    "stream": "sponsored_products_daily",
    "start": "2026-11-03",
    "end": "2026-11-03",
    "run": "test-1",
    "interval": 0.01,
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    now = datetime(2026, 11, 5, 13, tzinfo=UTC)
    with running("tiny", 7, tmp_path_factory.mktemp("sandbox"), now=now, rate_scale=1000.0) as server:
        yield server


@pytest.fixture
def trigger(dag_bag, sandbox, tmp_path, monkeypatch):
    """A trigger of one of the sandbox's profiles, in an empty home."""
    from phygital_trigger import ReportTrigger

    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PHYGITAL_HOME", str(tmp_path))
    account = sandbox.environment["PHYGITAL_AMAZON_ADS_ACCOUNTS"].split(",")[0]
    sandbox.reset_counters()
    with stamina.set_testing(True, attempts=1):
        yield ReportTrigger(**{"account": account} | ARGUMENTS)
    sandbox.clear_faults()


def asked(sandbox):
    return {entry["operation"]: entry["requests"] for entry in sandbox.counters()["operations"]}


def event_of(trigger, seconds=20.0):
    async def first():
        return [event.payload async for event in trigger.run()]

    return asyncio.run(asyncio.wait_for(first(), seconds))


def test_a_restarted_triggerer_makes_it_again_from_its_class_path_and_arguments(trigger):
    from airflow.sdk.module_loading import import_string

    path, arguments = trigger.serialize()
    assert path == "phygital_trigger.ReportTrigger"
    again = import_string(path)(**arguments)
    assert again.serialize() == (path, arguments)


def test_it_fires_when_the_report_is_ready_and_has_asked_for_one(trigger, sandbox):
    assert event_of(trigger) == [{"ready": True}]
    assert asked(sandbox)["createAdsReport"] == 1


def test_another_one_in_its_place_goes_on_with_the_same_report(trigger, sandbox):
    arguments = trigger.serialize()[1] | {"start": "2026-11-01", "end": "2026-11-01"}
    assert len(type(trigger)(**arguments)._waiting()) == 1
    assert event_of(type(trigger)(**arguments)) == [{"ready": True}]
    assert asked(sandbox)["createAdsReport"] == 1


def test_it_goes_on_looking_while_the_platform_is_down(trigger, sandbox):
    sandbox.fault("server_error", match="/reporting", times=3)
    assert event_of(trigger) == [{"ready": True}]
    assert sandbox.pending_faults() == []


def test_it_fires_at_once_when_the_task_has_an_error_to_raise(trigger, sandbox):
    _, arguments = trigger.serialize()
    refused = type(trigger)(**arguments | {"account": "0"})
    start = time.monotonic()
    assert event_of(refused) == [{"ready": True}]
    assert time.monotonic() - start < 10.0
