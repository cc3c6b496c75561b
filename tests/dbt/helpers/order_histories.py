"""Random histories of order lines, and the models that make money events of them, run without dbt."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
from hypothesis import strategies as st
from order_oracle import ORDERS, REFUNDS, RETURNS, Commit, Event, Version, events
from spoiling import spoil

CURRENT = {
    "base_tiktok_shop__orders": "base_tiktok_shop__order_versions",
    "base_amazon_seller__order_lines": "base_amazon_seller__order_line_versions",
}
EMPTIED = (
    *CURRENT, *CURRENT.values(), "base_tiktok_shop__refund_versions", "base_amazon_seller__return_versions",
    "base__commits",
)  # fmt: skip
BEGIN = datetime(2026, 10, 1, tzinfo=UTC).replace(tzinfo=None)
DAYS = st.integers(0, 12)
AMOUNTS = st.sampled_from((0, 1, 2, 99, 333, 500, 1000, 1001, 5000))
STATUSES = st.sampled_from(("pending", "confirmed", "confirmed", "cancelled"))


@dataclass(frozen=True)
class History:
    """All that the platform's commits say of one line."""

    platform: str
    commits: tuple[Commit, ...]


@st.composite
def shop_versions(draw: st.DrawFn) -> Version | None:
    """A unit of TikTok Shop as a commit of its order states it; None when the commit lacks it."""
    if draw(st.integers(0, 9)) == 0:
        return None
    status, currency = draw(STATUSES), draw(st.sampled_from(("USD", "USD", "USD", "EUR")))
    if status != "confirmed":
        return Version(status, None if status == "pending" else 0, None, int(status == "pending"), currency)
    sale = draw(AMOUNTS)
    paid = draw(st.integers(0, sale))
    return Version(status, sale, paid, 1, currency, is_completed=draw(st.booleans()))


@st.composite
def amazon_versions(draw: st.DrawFn) -> Version | None:
    """An Amazon line as a commit of its order states it; None when the commit lacks it."""
    if draw(st.integers(0, 9)) == 0:
        return None
    status = draw(STATUSES)
    if status == "cancelled":
        return Version(status, 0, 0, 0)
    sale = None if status == "pending" else draw(AMOUNTS)
    return Version(status, sale, sale, draw(st.integers(1, 4)))


def _order_commits(draw: st.DrawFn, versions: st.SearchStrategy[Version | None]) -> list[Commit]:
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=5)))
    return [Commit(day, number, ORDERS, draw(versions)) for number, day in enumerate(days)]


@st.composite
def shop_histories(draw: st.DrawFn) -> History:
    """A unit whose order and returns become known in any order."""
    commits = _order_commits(draw, shop_versions())
    for key in draw(st.sampled_from(((), ("a",), ("a", "b")))):
        days = sorted(draw(st.lists(DAYS, min_size=1, max_size=3)))
        currency = draw(st.sampled_from(("USD", "USD", "EUR")))
        commits += [
            # A number of its own for each return: what one commit holds of two returns is one event.
            Commit(day, 2 * number + (key == "b"), REFUNDS, None, key, draw(AMOUNTS), currency)
            for number, day in enumerate(days)
        ]
    return History("tiktok_shop", tuple(commits))


@st.composite
def amazon_histories(draw: st.DrawFn) -> History:
    """A line whose units come back one by one; a later read of the window may lack one."""
    commits = _order_commits(draw, amazon_versions())
    reads = sorted(draw(st.lists(DAYS, max_size=4)))
    if reads:
        for key in "abcd"[: draw(st.integers(0, 4))]:
            first = draw(st.integers(0, len(reads) - 1))
            last = draw(st.integers(first, len(reads) - 1))
            commits += [Commit(reads[read], read, RETURNS, None, key, 1) for read in range(first, last + 1)]
            # The read after the last one that has the unit withdraws it.
            commits += [Commit(reads[last + 1], last + 1, RETURNS, None, key, 0)] if last + 1 < len(reads) else []
    return History("amazon", tuple(commits))


class Chain:
    """Runs the models over the histories of an example."""

    def __init__(self, con: duckdb.DuckDBPyConnection, compiled: str) -> None:
        self._con, self._compiled = con, compiled

    def run(self, histories: list[History]) -> tuple[dict[str, list[Event]], dict[str, int]]:
        """Events and current net amount of each line."""
        self._con.execute("begin")
        try:
            for table in EMPTIED:
                self._con.execute(f"delete from base.{table}")
            for number, history in enumerate(histories):
                for table, rows in _rows(f"l{number}", history).items():
                    self._fill(table, rows)
            for table, versions in CURRENT.items():
                self._con.execute(f"insert into base.{table} select * from base.{versions} where is_current")
            return self._events(), self._nets()
        finally:
            self._con.execute("rollback")

    def sales(self, filled: dict[str, list[dict[str, object]]]) -> set[tuple[str, str]]:
        """Platform and id of the orders that the ledger takes, when the base tables hold these rows alone."""
        self._con.execute("begin")
        try:
            for table in EMPTIED:
                self._con.execute(f"delete from base.{table}")
            for table, rows in filled.items():
                self._fill(table, rows)
            for table, versions in CURRENT.items():
                self._con.execute(f"insert into base.{table} select * from base.{versions} where is_current")
            return set(
                self._con.execute(
                    "select platform, order_id from intermediate.int_conversions__refunded where platform <> 'events'"
                ).fetchall()
            )
        finally:
            self._con.execute("rollback")

    def after(self, sabotage: str, query: str) -> list[tuple[object, ...]]:
        """Rows of a query after something was spoilt."""
        self._con.execute("begin")
        try:
            spoil(self._con, sabotage)
            return self._con.execute(query).fetchall()
        finally:
            self._con.execute("rollback")

    def _fill(self, table: str, rows: list[dict[str, object]]) -> None:
        if rows:
            names = dict.fromkeys(name for row in rows for name in row)
            filled = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows])
            self._con.register("_filled", filled)
            self._con.execute(f"insert into base.{table} by name select * from _filled")
            self._con.unregister("_filled")

    def _events(self) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for line, *event in self._con.execute(
            "select conversion_id, currency, adjustment_type, amount_minor, net_after_minor "
            f"from ({self._compiled}) order by conversion_id, currency, event_number"
        ).fetchall():
            found.setdefault(line, []).append(tuple(event))
        return found

    def _nets(self) -> dict[str, int]:
        return dict(
            self._con.execute(
                "select conversion_id, coalesce(net_amount_minor, 0) from intermediate.int_conversions__refunded"
            ).fetchall()
        )


def line_id(line: str, platform: str) -> str:
    """The id of a line; refunds find TikTok Shop's by the hash of order and unit."""
    return line if platform == "amazon" else hashlib.md5(f"tiktok_shop|{line}|{line}".encode()).hexdigest()  # noqa: S324 - an id


def _at(day: int) -> datetime:
    return BEGIN + timedelta(days=day)


def _rows(line: str, history: History) -> dict[str, list[dict[str, object]]]:
    """The rows of the base tables that say what the history says."""
    newest = max(commit.number for commit in history.commits if commit.stream == ORDERS)
    orders = [
        {
            "_commit": commit.number, "_row": 0, "order_id": line, "known_at": _at(commit.day),
            "first_known_at": _at(commit.day), "is_current": commit.number == newest,
            "reject_rule": None if commit.version else "malformed", **_stated(line, history.platform, commit),
        }
        for commit in history.commits
        if commit.stream == ORDERS
    ]  # fmt: skip
    if history.platform == "tiktok_shop":
        return {
            "base_tiktok_shop__order_versions": orders,
            "base_tiktok_shop__refund_versions": _refunds(line, history),
        }
    return {"base_amazon_seller__order_line_versions": orders, **_returns(line, history)}


def _stated(line: str, platform: str, commit: Commit) -> dict[str, object]:
    version = commit.version
    if version is None:
        return {"conversion_id": None, "currency": None, "conversion_status": None}
    shared = {
        "conversion_id": line_id(line, platform), "currency": version.currency, "conversion_status": version.status,
        "net_amount_minor": version.sale,
    }  # fmt: skip
    if platform == "amazon":
        return {**shared, "sku": "S", "asin": "A", "line_ordinal": 1, "quantity": version.quantity,
                "purchased_at": BEGIN, "last_updated_at": _at(commit.day)}  # fmt: skip
    return {**shared, "line_item_id": line, "sale_price_minor": version.paid, "order_origin": "own_sale",
            "order_status": "completed" if version.is_completed else "delivered", "created_at": BEGIN,
            "updated_at": _at(commit.day)}  # fmt: skip


def _refunds(line: str, history: History) -> list[dict[str, object]]:
    return [
        {
            "_commit": commit.number, "_row": 0, "return_id": f"{line}{commit.key}", "return_line_item_id": commit.key,
            "order_id": line, "line_item_id": line, "currency": commit.currency, "known_at": _at(commit.day),
            "updated_at": _at(commit.day), "return_type": "refund", "refund_subtotal_minor": commit.amount,
            "return_status": "return_or_refund_request_complete",
        }
        for commit in history.commits
        if commit.stream == REFUNDS
    ]  # fmt: skip


def _returns(line: str, history: History) -> dict[str, list[dict[str, object]]]:
    """Each line's returns are read by an account of its own, so that the reads of lines do not mix."""
    returned = [commit for commit in history.commits if commit.stream == RETURNS]
    units = [
        {
            "_commit": commit.number, "_row": ord(commit.key), "order_id": line, "sku": "S", "_account": line,
            "_part": "", "license_plate_number": commit.key, "known_at": _at(commit.day),
            "returned_at": _at(commit.day), "quantity": 1, "covered_date": BEGIN.date(),
        }
        for commit in returned
        if commit.amount
    ]  # fmt: skip
    reads = [
        {
            "source": "amazon_seller", "stream": "returns", "_commit": number, "account": line, "part": "",
            "window_from": BEGIN.date(), "window_to": BEGIN.date(), "committed_at": _at(day), "is_usable": True,
        }
        for number, day in sorted({(commit.number, commit.day) for commit in returned})
    ]  # fmt: skip
    return {"base_amazon_seller__return_versions": units, "base__commits": reads}


def expected_events(history: History) -> list[Event]:
    """The oracle's events; of more returned units than the line ever had, only the first are the line's."""
    returned = sorted(
        (commit.number, commit.key) for commit in history.commits if commit.stream == RETURNS and commit.amount
    )
    arrived = list(dict.fromkeys(key for _, key in returned))
    most = max((commit.version.quantity for commit in history.commits if commit.version), default=0)
    own = set(arrived[:most])
    return events(commit for commit in history.commits if commit.stream != RETURNS or commit.key in own)


HISTORIES = st.lists(st.one_of(shop_histories(), amazon_histories()), min_size=1, max_size=8)
