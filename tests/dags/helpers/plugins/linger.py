"""An Airflow plugin for the test that kills: no task is over before its time to be killed has come."""

import sys
import time

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

SECONDS = 3.0


@hookimpl
def on_task_instance_running(task_instance):
    """At its first try a task that has done its work stays a while before it says so: the worst moment to be killed."""
    if task_instance.try_number == 1:
        task_instance.task.post_execute = stay


def stay(context, result=None):
    """Airflow calls it after the work."""
    time.sleep(SECONDS)


class Linger(AirflowPlugin):
    """Registers this module."""

    name = "linger"
    listeners = (sys.modules[__name__],)
