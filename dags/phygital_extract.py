"""The operator that extracts one stream of one account; the DAGs map it over all of them."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context

from phygital_funnel.errors import ConfigError
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import streams_of
from phygital_funnel.sources.stream import Cadence, Window

if TYPE_CHECKING:
    from phygital_funnel.attempts import Attempt

SCHEDULED = "scheduled"
LOOK_AGAIN = 5.0
"""Seconds between two looks at a report while the task itself waits, at the platforms' own pace."""
LOOK_AGAIN_DEFERRED = 45.0
"""Seconds between two looks of the triggerer; platforms prepare a report in minutes, sometimes an hour."""

GIVEN_UP_AFTER = timedelta(hours=6)
"""A wait that ends so counts as a failed try; the next one re-attaches."""


def window_of(start: datetime | None, end: datetime | None, cadence: Cadence = Cadence.DAILY) -> Window:
    """The dates of a run's data interval, both included: one day, or the many of an initial load.

    They are those that end within the interval, as a day that still goes on belongs to the next run; for intraday
    streams, those the interval touches.

    Raises:
        ConfigError: the run has no data interval.
    """
    if start is None or end is None:
        raise ConfigError("This run has no data interval; trigger it with a logical date, so that it knows its dates.")
    still_open = timedelta(microseconds=1) if cadence is Cadence.INTRADAY else timedelta(days=1)
    return Window(start.date(), max(start.date(), (end - still_open).date()))


class ExtractOperator(BaseOperator):
    """Extracts and lands one stream of one account over the run's window.

    A report that is not ready soon is left to the triggerer, and the worker is free meanwhile. A retry re-attaches to
    the reports that were asked for, and leaves out the windows that were landed.

    Args:
        source: for example ``amazon_seller``.
        account: one account; empty for a source without any.
        stream: one stream.
        **rest: what every operator takes.
    """

    template_fields: Sequence[str] = ()

    def __init__(self, *, source: str, account: str, stream: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.source = source
        self.account = account
        self.stream = stream

    @property
    def label(self) -> str:
        """What the grid shows instead of a number."""
        return f"{self.account or 'files'} / {self.source}.{self.stream}"

    def execute(self, context: Context, event: dict[str, Any] | None = None) -> int:
        """Extract, now or once the reports are ready; the number of extractions that were landed."""
        from phygital_funnel import pipeline
        from phygital_funnel.attempts import attempt
        from phygital_funnel.gaps import without_gap

        settings, run = Settings.from_env(), context["dag_run"]
        (stream,) = streams_of(self.source, self.stream)
        window = window_of(run.data_interval_start, run.data_interval_end, stream.cadence)
        what = (self.dag_id, run.run_id, self.source, self.account, self.stream, window)
        if run.run_type == SCHEDULED:  # dates that a person gave are taken as given
            window = without_gap(settings, self.source, window, account=self.account, stream=self.stream)
        with attempt(settings, *what, prefix=run.run_id) as this:
            if not self._are_ready(settings, window, this):
                self._leave_to_triggerer(window, this)
            landed = pipeline.extract(
                settings, self.source, window, account=self.account, stream=self.stream, run=this.run
            )
        return len(landed)

    def _are_ready(self, settings: Settings, window: Window, this: "Attempt") -> bool:
        """Whether nothing is to be waited for; waits a little itself, as deferring takes seconds too."""
        from phygital_funnel import pipeline

        patience = time.monotonic() + settings.report_patience_seconds
        while waiting := pipeline.prepare(
            settings, self.source, window, account=self.account, stream=self.stream, run=this.run
        ):
            if time.monotonic() >= patience:
                self.log.info("not ready yet: %s", ", ".join(waiting))
                return False
            time.sleep(LOOK_AGAIN / settings.request_rate_scale)
        return True

    def _leave_to_triggerer(self, window: Window, this: "Attempt") -> None:
        from phygital_trigger import ReportTrigger

        trigger = ReportTrigger(
            source=self.source,
            account=self.account,
            stream=self.stream,
            start=window.start.isoformat(),
            end=window.end.isoformat(),
            run=this.run,
            interval=LOOK_AGAIN_DEFERRED,
        )
        self.defer(trigger=trigger, method_name="execute", timeout=GIVEN_UP_AFTER)
