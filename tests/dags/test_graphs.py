"""The exact set of DAGs, their tasks and edges, and what starts them."""

import pytest

from phygital_funnel.sources.registry import STREAMS

EXTRACTIONS = {
    "extract_tiktok": ("landing_tiktok", ["tiktok_ads"]),
    "extract_amazon": ("landing_amazon", ["amazon_attribution", "amazon_seller"]),
    "extract_first_party": ("landing_first_party", ["links", "reference"]),
}


def edges(dag):
    return {task.task_id: set(task.upstream_task_ids) for task in dag.tasks}


def test_every_file_of_the_folder_can_be_read(dag_bag):
    assert dag_bag.import_errors == {}


def test_there_are_these_dags_and_no_others(dag_bag):
    assert set(dag_bag.dags) == {*EXTRACTIONS, "build_funnel"}


@pytest.mark.parametrize("dag_id", EXTRACTIONS)
def test_an_extraction_lists_accounts_extracts_each_and_announces_once(dag_bag, dag_id):
    _, sources = EXTRACTIONS[dag_id]
    expected = {f"{source}.list_accounts": set() for source in sources}
    expected |= {f"{source}.extract": {f"{source}.list_accounts"} for source in sources}
    expected["announce"] = {f"{source}.extract" for source in sources}
    assert edges(dag_bag.dags[dag_id]) == expected


@pytest.mark.parametrize("dag_id", EXTRACTIONS)
def test_an_extraction_is_mapped_over_accounts(dag_bag, dag_id):
    dag = dag_bag.dags[dag_id]
    assert [task.is_mapped for task in dag.tasks] == [task.task_id.endswith(".extract") for task in dag.tasks]


@pytest.mark.parametrize("dag_id", EXTRACTIONS)
def test_only_the_last_task_of_an_extraction_updates_its_asset(dag_bag, dag_id):
    """An asset that a mapped task updates would start the build while other accounts are still being extracted."""
    asset, _ = EXTRACTIONS[dag_id]
    outlets = {task.task_id: [outlet.name for outlet in task.outlets] for task in dag_bag.dags[dag_id].tasks}
    assert {task_id: names for task_id, names in outlets.items() if names} == {"announce": [asset]}


def test_an_unconfigured_source_does_not_hold_the_build_back(dag_bag):
    for dag_id in EXTRACTIONS:
        assert dag_bag.dags[dag_id].get_task("announce").trigger_rule == "none_failed"


def test_every_source_but_loaded_events_is_extracted_by_exactly_one_dag():
    extracted = [source for _, sources in EXTRACTIONS.values() for source in sources]
    assert sorted([*extracted, "events"]) == sorted(STREAMS)


def test_the_build_is_one_task_that_waits_for_all_three_extractions(dag_bag):
    dag = dag_bag.dags["build_funnel"]
    assert edges(dag) == {"build": set()}
    condition = dag.timetable.asset_condition
    assert type(condition).__name__ == "AssetAll"
    assert {asset.name for asset in condition.objects} == {asset for asset, _ in EXTRACTIONS.values()}
    assert [outlet.name for outlet in dag.get_task("build").outlets] == ["release_funnel"]
