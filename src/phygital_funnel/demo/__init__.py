"""The demo: the production DAG files under a real Airflow, against the sandbox, from an empty home to a release."""

from phygital_funnel.demo.show import run

__all__ = ["run"]
