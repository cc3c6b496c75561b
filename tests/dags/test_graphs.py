"""The exact set of DAGs, their tasks and edges, and what starts them."""

import pytest

from phygital_funnel.sources.registry import STREAMS
from phygital_funnel.sources.stream import Cadence

DAILY = {
    "extract_tiktok": ("landing_tiktok", "tiktok"),
    "extract_amazon": ("landing_amazon", "amazon"),
    "extract_first_party": ("landing_first_party", "first_party"),
}
OTHERS = {
    "extract_intraday": ("landing_intraday", ("_tiktok", "_amazon")),
    "extract_weekly": ("landing_weekly", ("",)),
}


def edges(dag):
    return {task.task_id: set(task.upstream_task_ids) for task in dag.tasks}


def extraction(*suffixes):
    """The edges of a DAG that extracts one platform or several."""
    expected = {f"list_work{suffix}": set() for suffix in suffixes}
    expected |= {f"extract{suffix}": {f"list_work{suffix}"} for suffix in suffixes}
    return expected | {"announce": {f"extract{suffix}" for suffix in suffixes}}


def outlets(dag):
    named = {task.task_id: [outlet.name for outlet in task.outlets] for task in dag.tasks}
    return {task_id: names for task_id, names in named.items() if names}


def test_every_file_of_the_folder_can_be_read(dag_bag):
    assert dag_bag.import_errors == {}


def test_there_are_these_dags_and_no_others(dag_bag):
    assert set(dag_bag.dags) == {*DAILY, *OTHERS, "build_funnel", "maintain"}


@pytest.mark.parametrize("dag_id", DAILY)
def test_a_daily_extraction_lists_its_work_extracts_each_piece_and_announces_once(dag_bag, dag_id):
    assert edges(dag_bag.dags[dag_id]) == extraction("")


@pytest.mark.parametrize("dag_id", OTHERS)
def test_the_other_extractions_have_the_same_shape_for_each_of_their_platforms(dag_bag, dag_id):
    assert edges(dag_bag.dags[dag_id]) == extraction(*OTHERS[dag_id][1])


@pytest.mark.parametrize("dag_id", [*DAILY, *OTHERS])
def test_an_extraction_is_mapped_over_accounts_and_streams_and_waits_in_its_platforms_pool(dag_bag, dag_id):
    for task in dag_bag.dags[dag_id].tasks:
        assert task.is_mapped == task.task_id.startswith("extract")
        if task.is_mapped:
            assert task.pool == (DAILY[dag_id][1] if dag_id in DAILY else task.task_id.partition("_")[2] or "amazon")


@pytest.mark.parametrize("dag_id", DAILY)
def test_only_the_last_task_of_an_extraction_tells_of_new_and_restated_days(dag_bag, dag_id):
    """An asset that a mapped task updates would start the build while others are still being extracted."""
    assert outlets(dag_bag.dags[dag_id]) == {"announce": [DAILY[dag_id][0], "landing_restated"]}


@pytest.mark.parametrize("dag_id", OTHERS)
def test_intraday_and_weekly_days_start_no_build(dag_bag, dag_id):
    assert outlets(dag_bag.dags[dag_id]) == {"announce": [OTHERS[dag_id][0]]}


def test_an_unconfigured_source_does_not_hold_the_build_back(dag_bag):
    for dag_id in (*DAILY, *OTHERS):
        assert dag_bag.dags[dag_id].get_task("announce").trigger_rule == "none_failed"


def test_every_source_but_loaded_events_belongs_to_exactly_one_pool(dag_bag):
    from phygital_policy import SOURCES

    extracted = [source for sources in SOURCES.values() for source in sources]
    assert sorted([*extracted, "events"]) == sorted(STREAMS)


def test_every_cadence_of_a_source_is_extracted_by_a_dag():
    """An intraday stream of the file drop, say, would be extracted by nobody."""
    from phygital_policy import SOURCES, Pool

    covered = {(pool, Cadence.DAILY) for pool in SOURCES}
    covered |= {(Pool.TIKTOK, Cadence.INTRADAY), (Pool.AMAZON, Cadence.INTRADAY), (Pool.AMAZON, Cadence.WEEKLY)}
    for pool, sources in SOURCES.items():
        assert {(pool, stream.cadence) for source in sources for stream in STREAMS[source]} <= covered


def test_the_build_waits_for_every_extraction_that_is_active(dag_bag):
    from phygital_policy import EXTRACTIONS

    dag = dag_bag.dags["build_funnel"]
    assert edges(dag) == {"wait_for_extractions": set(), "build": {"wait_for_extractions"}}
    assert set(EXTRACTIONS) == {*DAILY, *OTHERS}
    wait = dag.get_task("wait_for_extractions")
    assert (wait.mode, wait.soft_fail) == ("reschedule", True)
    assert dag.get_task("build").trigger_rule == "none_failed", "a wait that was given up must not stop releases"
    assert [outlet.name for outlet in dag.get_task("build").outlets] == ["release_funnel"]


def test_a_build_starts_for_the_months_of_all_three_or_of_restated_days(dag_bag):
    timetable = dag_bag.dags["build_funnel"].timetable
    condition = timetable.asset_condition
    assert type(condition).__name__ == "AssetAny"
    landed, restated = condition.objects
    assert type(landed).__name__ == "AssetAll"
    assert {asset.name for asset in landed.objects} == {asset for asset, _ in DAILY.values()}
    assert restated.name == "landing_restated"


def test_new_and_restated_days_have_months_of_their_own(dag_bag):
    """With one key a restatement uses up what one extraction announced, and the others wait a day for their build."""
    from airflow.serialization.encoders import coerce_to_core_timetable

    timetable = coerce_to_core_timetable(dag_bag.dags["build_funnel"].timetable)
    for name, key in (("landing_tiktok", "2026-11"), ("landing_restated", "2026-11 restated")):
        mapper = timetable.get_partition_mapper(name=name)
        assert mapper.to_downstream("2026-11-03") == key


def test_maintenance_has_two_tasks_that_do_not_wait_for_each_other(dag_bag):
    assert edges(dag_bag.dags["maintain"]) == {"compact": set(), "sweep": set()}
