"""The trigger that waits for a platform's reports, so that no worker does.

It lives in the plugins folder, because Airflow's triggerer imports it without any DAG file. It keeps nothing in memory:
which report was asked for is on the disk of the home, so a restarted triggerer goes on from its arguments alone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

logger = logging.getLogger(__name__)


class ReportTrigger(BaseTrigger):
    """Fires once ``extract`` would not wait any more, or has an error to raise.

    Args:
        source: for example ``amazon_seller``.
        account: one account.
        stream: one stream.
        start: first date of the window, ISO 8601.
        end: last date of the window, included.
        run: the name the extraction is landed under.
        interval: seconds between two looks.
    """

    def __init__(
        self, *, source: str, account: str, stream: str, start: str, end: str, run: str, interval: float
    ) -> None:
        super().__init__()
        self._arguments: dict[str, Any] = {
            "source": source, "account": account, "stream": stream, "start": start, "end": end, "run": run,
            "interval": interval,
        }  # fmt: skip

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What a restarted triggerer makes the trigger from."""
        return f"{type(self).__module__}.{type(self).__qualname__}", self._arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look, wait, look again."""
        while waiting := await asyncio.to_thread(self._waiting):
            logger.info("waiting for %s report(s): %s", len(waiting), ", ".join(waiting))
            await asyncio.sleep(self._arguments["interval"])
        yield TriggerEvent({"ready": True})

    def _waiting(self) -> tuple[str, ...]:
        # Imported here: every Airflow process imports the plugins folder when it starts.
        from phygital_funnel import pipeline
        from phygital_funnel.errors import FunnelError, TransientSourceError
        from phygital_funnel.settings import Settings
        from phygital_funnel.sources.stream import Window

        wanted = self._arguments
        window = Window(date.fromisoformat(wanted["start"]), date.fromisoformat(wanted["end"]))
        try:
            return pipeline.prepare(
                Settings.from_env(),
                wanted["source"],
                window,
                account=wanted["account"],
                stream=wanted["stream"],
                run=wanted["run"],
            )
        except TransientSourceError as error:
            logger.warning("%s; looking again later", error)
            return ("not told",)
        except FunnelError as error:
            # The task meets the same error, and its retry rules decide.
            logger.warning("%s", error)
            return ()
