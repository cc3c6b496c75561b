"""What every DAG and task must declare, checked on what Airflow read."""

import ast
import importlib
import inspect
import json
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest

from phygital_funnel import errors

PROJECT = Path(__file__).resolve().parents[2]
DAGS = PROJECT / "dags"
DAG_FILES = sorted(path for path in DAGS.glob("*.py") if not path.name.startswith("phygital_"))
HEAVY = ("pandas", "duckdb", "great_expectations", "dbt", "pyarrow", "deltalake", "altair", "phygital_funnel.pipeline")


def all_tasks(dag_bag):
    return [task for dag in dag_bag.dags.values() for task in dag.tasks]


def error_types():
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.FunnelError)]


def an(kind):
    """An instance, whatever its constructor wants."""
    return kind.__new__(kind)


@pytest.fixture(scope="module")
def policy(dag_bag):
    return sys.modules["phygital_policy"]


def test_every_task_has_the_owner_retries_with_growing_delays_and_a_time_limit(dag_bag, policy):
    for task in all_tasks(dag_bag):
        assert task.owner == policy.OWNER, task.task_id
        assert task.retries >= 2, task.task_id
        assert task.retry_exponential_backoff == 2.0, task.task_id
        assert task.max_retry_delay == timedelta(minutes=30), task.task_id
        longest = timedelta(hours=6) if task.task_id.startswith("extract") else timedelta(hours=3)
        assert timedelta(0) < task.execution_timeout <= longest, task.task_id


def test_every_dag_is_tagged_from_the_list_with_one_tier_and_one_layer(dag_bag, policy):
    for dag in dag_bag.dags.values():
        assert dag.tags <= set(policy.Tag), dag.dag_id
        kinds = [tag.split("/")[0] for tag in dag.tags]
        assert kinds.count("tier") == 1, dag.dag_id
        assert kinds.count("layer") == 1, dag.dag_id
        assert kinds.count("platform") <= 1, dag.dag_id


def test_no_dag_catches_up_or_runs_beside_itself(dag_bag):
    for dag in dag_bag.dags.values():
        assert dag.catchup is False, dag.dag_id
        assert dag.max_active_runs == 1, dag.dag_id
        assert dag.start_date.tzinfo is not None, dag.dag_id


def test_every_dag_page_says_what_to_do_if_it_fails_and_names_its_runbook(dag_bag):
    for dag in dag_bag.dags.values():
        runbook = f"docs/runbooks/{dag.dag_id}.md"
        assert "**If it fails**" in dag.doc_md, dag.dag_id
        assert runbook in dag.doc_md, dag.dag_id
        assert dag.doc_md.strip() == ast.get_docstring(ast.parse(Path(dag.fileloc).read_text())), dag.dag_id
        text = (PROJECT / runbook).read_text()
        assert "## If it fails" in text, runbook
        assert "## Run it again" in text, runbook


def test_pools_are_those_that_are_shipped_and_the_database_has_one_writer(dag_bag, policy):
    """Airflow never schedules a task whose pool does not exist, so the list that is imported must hold them all."""
    shipped = json.loads((DAGS / "pools.json").read_text())
    assert set(policy.Pool) == set(shipped)
    assert {task.pool for task in all_tasks(dag_bag)} - {"default_pool"} == set(shipped)
    assert shipped["duckdb_writer"]["slots"] == 1
    assert dag_bag.dags["build_funnel"].get_task("build").pool == "duckdb_writer"
    for task in all_tasks(dag_bag):
        if task.is_mapped:
            assert task.pool != "default_pool", task.task_id


def test_every_error_of_the_package_is_decided_by_its_type(policy):
    """An error no rule matches would be retried by accident; the bases stand for nothing that is raised itself."""
    fail = {
        "ConfigError",
        "AuthError",
        "RequestRefused",
        "SchemaDrift",
        "SeveralRefused",
        "BuildError",
        "QualityGateFailed",
        "ReleaseError",
    }
    retry = {
        "TransientSourceError",
        "RateLimited",
        "SourceUnreachable",
        "NotYetLanded",
        "TruncatedReport",
        "LandingError",
        "HomeBusy",
    }
    bases = {"FunnelError", "SourceError"}
    decided = {kind.__name__: policy.RETRY_POLICY.evaluate(an(kind), 1, 3).action.value for kind in error_types()}
    assert {name for name, action in decided.items() if action == "fail"} == fail
    assert {name for name, action in decided.items() if action == "retry"} == retry
    assert {name for name, action in decided.items() if action == "default"} == bases


def test_a_bug_fails_at_once_and_the_unforeseen_is_tried_again(policy):
    assert policy.RETRY_POLICY.evaluate(TypeError("x"), 1, 3).action.value == "fail"
    assert policy.RETRY_POLICY.evaluate(OSError("disk"), 1, 3).action.value == "default"


def test_rules_name_exceptions_that_exist_and_leave_the_delay_to_the_task(policy):
    for rule in policy.RETRY_POLICY.rules:
        for path in rule.exception if isinstance(rule.exception, list) else [rule.exception]:
            module, _, name = path.rpartition(".")
            assert module in ("phygital_funnel.errors", "builtins")
            assert issubclass(getattr(importlib.import_module(module), name), Exception)
        assert rule.retry_delay is None, "a fixed delay would switch the growing one off"


def test_all_tasks_follow_the_rules(dag_bag, policy):
    for task in all_tasks(dag_bag):
        chosen = task.partial_kwargs["retry_policy"] if task.is_mapped else task.retry_policy
        assert chosen is policy.RETRY_POLICY, task.task_id


def test_reading_the_dag_files_loads_nothing_heavy_and_takes_under_two_seconds():
    program = textwrap.dedent(f"""
        import sys, time
        import airflow
        from airflow.dag_processing.dagbag import DagBag
        before = set(sys.modules)
        sys.path[:0] = [{str(DAGS)!r}, {str(DAGS / "plugins")!r}]
        start = time.process_time()
        bag = DagBag({str(DAGS)!r})
        seconds = time.process_time() - start
        assert len(bag.dags) == 7 and not bag.import_errors, bag.import_errors
        loaded = sorted(name for name in set(sys.modules) - before if name.startswith({HEAVY!r}))
        print("RESULT", round(seconds, 2), loaded)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    _, seconds, loaded = done.stdout.split("RESULT")[1].split(" ", 2)
    assert loaded.strip() == "[]"
    assert float(seconds) < 2.0


def test_dag_files_are_short_and_a_task_body_is_one_call():
    for path in DAG_FILES:
        assert len(path.read_text().splitlines()) <= 120, path.name
    for path in DAGS.glob("*.py"):
        functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
        for function in functions:
            if any(_is_task(decorator) for decorator in function.decorator_list):
                assert function.end_lineno - function.lineno <= 14, f"{path.name}: {function.name}"


def _is_task(decorator):
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name) and called.id == "task"


def test_the_package_never_imports_airflow():
    for path in (PROJECT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            assert not any(name.split(".")[0] == "airflow" for name in names), path
