"""The compiled credit models on touches and conversions made of Python objects."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

import credit_invariants
import pyarrow as pa
from dbt_oracle import Conversion, Touch

from phygital_funnel.warehouse import credit_models

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
LEDGER = (
    "select conversion_id, attribution_model, recipient_key, credit_micro, attributed_amount_minor, "
    "attributed_amount_reporting_minor from ledgers.fct_attribution_credit"
)
Row = tuple[int, int | None, int | None]


class CreditWorld:
    """A database in memory in which the models are run again and again."""

    def __init__(self) -> None:
        self._con = credit_models.connect()
        credit_models.attach(self._con)
        credit_models.create_inputs(self._con)
        self._models: Sequence[credit_models.CreditModel] = ()

    def close(self) -> None:
        """Forget everything."""
        self._con.close()

    def credited(
        self, models: Sequence[credit_models.CreditModel], touches: Sequence[Touch], conversions: Sequence[Conversion]
    ) -> dict[tuple[str, str, str], Row]:
        """Every row of the ledger that the models make of these, in the order in which they are given."""
        self.run(models, touches, conversions)
        rows = self._con.execute(LEDGER).fetchall()
        found: dict[tuple[str, str, str], Row] = {row[:3]: row[3:] for row in rows}
        assert len(found) == len(rows), "a conversion, model and recipient has two rows"
        return found

    def run(
        self, models: Sequence[credit_models.CreditModel], touches: Sequence[Touch], conversions: Sequence[Conversion]
    ) -> None:
        """Credit these and no others."""
        self.fill(touches, conversions)
        self.make(models)

    def fill(self, touches: Sequence[Touch], conversions: Sequence[Conversion]) -> None:
        """Forget what was given, and take these."""
        self._fill("int_touchpoints__from_links", [_touch(touch) for touch in touches if touch.platform == "amazon"])
        self._fill("int_touchpoints__from_events", [_touch(touch) for touch in touches if touch.platform != "amazon"])
        self._fill("int_conversions__converted", [_line(conversion) for conversion in conversions])
        self._fill("int_credit__order_linked_lines", [_linked(line) for line in conversions if line.code is not None])
        self._fill("int_credit__cell_lines", [row for line in conversions for row in _cells(line)])

    def make(self, models: Sequence[credit_models.CreditModel]) -> None:
        """Credit what is filled in."""
        is_new = models is not self._models
        self._models = models
        for model in models:
            if is_new or not model.is_view:
                model.make(self._con)

    def execute(self, statement: str) -> Any:
        """Run a statement: some tests fill in their journeys by SQL."""
        return self._con.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Result of a query on the last run."""
        return self._con.execute(query).fetchall()

    def broken(self, checks: Mapping[str, str]) -> dict[str, list[Any]]:
        """What the dbt tests find in the last run."""
        credit_invariants.stand_in(self._con)
        return credit_invariants.broken(self._con, checks)

    def _fill(self, relation: str, rows: list[dict[str, Any]]) -> None:
        self._con.execute(f"truncate intermediate.{relation}")
        if not rows:
            return
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        self._con.register("given", pa.table(columns))
        own = f"*, {credit_models.LINE_KEY} as line_key" if "conversion_id" in columns else "*"
        self._con.execute(f"insert into intermediate.{relation} by name select {own} from given")
        self._con.unregister("given")


def world() -> closing[CreditWorld]:
    """A world that is closed at the end of the block."""
    return closing(CreditWorld())


def moment(microseconds: int) -> datetime:
    """The instant so many microseconds after the begin."""
    return (BEGIN + timedelta(microseconds=microseconds)).replace(tzinfo=None)


def _touch(touch: Touch) -> dict[str, Any]:
    return {
        "platform": touch.platform,
        "journey_key": touch.journey_key,
        "touchpoint_id": touch.touchpoint_id,
        "occurred_at": moment(touch.occurred_us),
        "touch_type": touch.touch_type,
        "channel": touch.channel,
        "market": touch.market,
        "evidence": "event",
        "first_known_at": moment(touch.first_known_us),
    }


def _line(line: Conversion) -> dict[str, Any]:
    return {
        "conversion_id": line.conversion_id,
        "platform": line.platform,
        "journey_key": line.journey_key,
        "market": line.market,
        "currency": "USD",
        "net_amount_minor": line.net_amount_minor,
        "net_amount_reporting_minor": line.reporting_minor,
        "conversion_status": "confirmed",
        "converted_at": moment(line.converted_us),
        "converted_us": int(BEGIN.timestamp()) * 1_000_000 + line.converted_us,
        "first_known_at": moment(line.first_known_us),
    }


def _linked(line: Conversion) -> dict[str, Any]:
    return {
        "conversion_id": line.conversion_id,
        "recipient_key": f"touch:promo:{line.code}",
        "touchpoint_id": f"promo:{line.code}",
        "channel": "tiktok_creators",
        "evidence": "promo_code",
        "credit_resolution": "line",
    }


def _cells(line: Conversion) -> list[dict[str, Any]]:
    return [
        {
            "conversion_id": line.conversion_id,
            "recipient_key": f"tag:{place}",
            "touchpoint_id": f"tag:{place}",
            "channel": "tiktok_ads",
            "evidence": "tag",
            "credit_resolution": "cell",
            "credit_before": before,
            "credit_upto": upto,
        }
        for place, (before, upto) in enumerate(pairwise([0, *accumulate(line.cells)]))
    ]
