"""An Airflow plugin for the test that kills: what lists and announces stays to be seen before it begins."""

import sys
import time

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

SECONDS = 2.0


@hookimpl
def on_task_instance_running(task_instance):
    """Short tasks would be over between two looks at Airflow's tables; extractions take long enough by themselves."""
    if task_instance.try_number == 1 and task_instance.task_id != "extract":
        time.sleep(SECONDS)


class Linger(AirflowPlugin):
    """Registers this module."""

    name = "linger"
    listeners = (sys.modules[__name__],)
