"""Random lines with several recipients and money events, what the ledger rules post for them, and what the views do."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import duckdb
import pyarrow as pa
from hypothesis import strategies as st

MICROS = 1_000_000
HEADLINE = "last_engaged_touch"
Posted = dict[str, list[tuple[int, int | None]]]
"""By recipient, what each event posts: minor units of the line's currency and of the reporting currency."""


@dataclass(frozen=True)
class Line:
    """A credited line.

    Args:
        credit: micros of the recipients, in their total order; a million together.
        nets: the line's net amount after each event.
        reporting: the same in the reporting currency, or None when there is no rate.
    """

    credit: tuple[int, ...]
    nets: tuple[int, ...]
    reporting: tuple[int, ...] | None = None


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Up to five recipients, some of them with nothing; amounts go up and down, and often back to nothing."""
    cuts = sorted(draw(st.lists(st.sampled_from((0, 1, 333_333, 500_000, 666_667, MICROS)) | st.integers(0, MICROS),
                                max_size=4)))  # fmt: skip
    nets = draw(st.lists(st.integers(-2000, 100_000), min_size=1, max_size=5))
    nets += draw(st.sampled_from(([], [0])))
    numerator, divisor = draw(st.sampled_from(((1, 1), (5, 4), (157, 20_000), (0, 1))))
    reporting = tuple(net * numerator // divisor for net in nets) if numerator else None
    return Line(tuple(b - a for a, b in pairwise((0, *cuts, MICROS))), tuple(nets), reporting)


def shares(net: int, credit: Sequence[int]) -> list[int]:
    """Rule 17: whole numbers of the running credit, and each recipient the difference of two neighbours."""
    sign = -1 if net < 0 else 1
    return [sign * (b - a) for a, b in pairwise(abs(net) * upto // MICROS for upto in accumulate(credit, initial=0))]


def _events(nets: Sequence[int], credit: Sequence[int]) -> list[tuple[int, ...]]:
    """Rule 18: an event posts the shares of the net amount after it, less those of the net amount before it."""
    each = [shares(net, credit) for net in (0, *nets)]
    return [tuple(b - a for a, b in zip(before, after, strict=True)) for before, after in pairwise(each)]


def expected(line: Line) -> Posted:
    """By recipient what every event posts."""
    own = _events(line.nets, line.credit)
    other = _events(line.reporting, line.credit) if line.reporting else None
    return {
        f"touch:t{place}": [(event[place], other[number][place] if other else None) for number, event in enumerate(own)]
        for place in range(len(line.credit))
    }


def posted(con: duckdb.DuckDBPyConnection, known: Sequence[Line], query: str) -> list[Posted]:
    """What a query over the postings' columns says when a build holds these lines alone; the build stays as it was."""
    con.execute("begin")
    try:
        _fill(con, "intermediate.int_credit__media", [{"media_key": 1}])
        _fill(con, "intermediate.int_conversions__converted", [
            {"line_key": number, "conversion_id": str(number), "currency": "USD"} for number in range(len(known))
        ])  # fmt: skip
        con.execute("delete from intermediate.int_credit__journey_touches")
        credited = [row for line in enumerate(known) for row in _credit(*line)]
        _fill(con, "intermediate.int_credit__without_path", credited)
        _fill(con, "ledgers.fct_order_adjustments", [row for line in enumerate(known) for row in _adjusted(*line)])
        found: list[Posted] = [{} for _ in known]
        for conversion, recipient, *amounts in con.execute(
            "select conversion_id, recipient_key, posted_amount_minor, posted_amount_reporting_minor "
            f"from ({query}) order by conversion_id, recipient_key, event_number"
        ).fetchall():
            found[int(conversion)].setdefault(recipient, []).append((amounts[0], amounts[1]))
        return found
    finally:
        con.execute("rollback")


def _credit(number: int, line: Line) -> list[dict[str, object]]:
    return [
        {"line_key": number, "recipient_key": f"touch:t{place}", "media_key": 1, "engaged_before": before,
         "credit_upto": upto}
        for place, (before, upto) in enumerate(pairwise(accumulate(line.credit, initial=0)))
    ]  # fmt: skip


def _adjusted(number: int, line: Line) -> list[dict[str, object]]:
    reporting = line.reporting or (None,) * len(line.nets)
    return [
        {"adjustment_id": f"{number}-{event}", "conversion_id": str(number), "event_number": event, "currency": "USD",
         "net_after_minor": net, "amount_minor": net - before, "net_after_reporting_minor": other,
         "amount_reporting_minor": None if other is None else other - (earlier or 0)}
        for event, (before, net, earlier, other) in enumerate(
            zip((0, *line.nets), line.nets, (0, *reporting), reporting, strict=False), 1)
    ]  # fmt: skip


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, object]]) -> None:
    con.execute(f"delete from {table}")
    con.register("_filled", pa.Table.from_pylist(rows))
    con.execute(f"insert into {table} by name select * from _filled")
    con.unregister("_filled")
