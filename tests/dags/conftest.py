"""A throw-away Airflow for these tests: its home is set before anything imports Airflow."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DAGS = PROJECT / "dags"

sys.path.insert(0, str(Path(__file__).parent / "helpers"))

if "airflow" not in sys.modules:
    _home = tempfile.mkdtemp(prefix="phygital-airflow-")
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
    os.environ.update(
        {
            "AIRFLOW_HOME": _home,
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_home}/airflow.db",
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{_home}/logs",
        }
    )
    os.environ.setdefault("PHYGITAL_PROJECT_DIR", str(PROJECT))


def make_dag_bag():
    """Read the DAG files as the DAG processor does: with their folder on the path."""
    from airflow.dag_processing.dagbag import DagBag

    if str(DAGS) not in sys.path:
        sys.path.append(str(DAGS))
    return DagBag(str(DAGS))


@pytest.fixture(scope="session")
def dag_bag():
    """The DAGs as production reads them, with their schedules on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PHYGITAL_SCHEDULES", raising=False)
        return make_dag_bag()
