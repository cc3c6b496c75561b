"""Recorded answers whose rows land and break a rule: the warehouse puts aside exactly as many as the fixture says."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dbt_warehouse import Warehouse

from phygital_funnel import pipeline
from phygital_funnel.landing import Landing

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.sources.home import environment, settings_of
from tests.sources.replay import Replay, serving
from tests.sources.test_fixtures import Case, api_cases

CASES = [param.values[0] for kind in ("valid", "invalid") for param in api_cases(kind)]
PUT_ASIDE = [case for case in CASES if "quarantined" in case.content]


@pytest.fixture(scope="module")
def built(
    new_warehouse: Callable[[str], Warehouse],
    landed_rows: Callable[..., list[dict[str, Any]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Warehouse]:
    """The warehouse of each case; cases of one stream are kept apart, because their orders may be the same."""
    warehouses: dict[int, Warehouse] = {}
    seen: Counter[str] = Counter()
    of_case: dict[str, Warehouse] = {}
    for case in PUT_ASIDE:
        number = seen[case.stream.relation]
        seen[case.stream.relation] += 1
        warehouse = warehouses.get(number) or warehouses.setdefault(number, new_warehouse(f"answers-{number}"))
        _land(case, warehouse, landed_rows, tmp_path_factory.mktemp("home"))
        of_case[case.name] = warehouse
    for warehouse in warehouses.values():
        relations = {case.stream.relation for case in PUT_ASIDE if of_case[case.name] is warehouse}
        warehouse.build("build", "--select", *(f"+quarantine_{relation}" for relation in relations))
    return of_case


def _land(case: Case, warehouse: Warehouse, landed_rows: Callable[..., list[dict[str, Any]]], home: Path) -> None:
    with pytest.MonkeyPatch.context() as patch, serving(Replay(case.content["exchanges"])) as replay:
        settings = settings_of({**environment(home, replay.url), **case.content.get("env", {})}, patch)
        account = case.content.get("account")
        pipeline.extract(settings, case.stream.source, case.window, account=account, stream=case.stream.name)
        rows = landed_rows(settings, case.stream)
        for manifest in Landing.of(settings).manifests(case.stream):
            ours = [row for row in rows if row["_manifest_id"] == manifest.manifest_id]
            window = (str(manifest.window_from), str(manifest.window_to)) if manifest.window else None
            warehouse.land(case.stream.relation, ours, account=manifest.account, part=manifest.part, window=window)


@pytest.mark.slow
@pytest.mark.parametrize("case", PUT_ASIDE, ids=lambda case: case.name)
def test_as_many_rows_are_put_aside_as_the_fixture_says(built: dict[str, Warehouse], case: Case) -> None:
    """Accounts are other streams', which are not landed here, so that rule says nothing."""
    found = built[case.name].rows(
        "select count(*), count(reject_rule) filter (where reject_rule <> 'unknown_account') "
        f"from base.base_{case.stream.relation}"
    )
    assert found == [(case.content["rows"], case.content["quarantined"])]
