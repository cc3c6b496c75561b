"""Money events of order lines by the rules of the order ledger, in plain Python: what the SQL is compared with.

A line is followed commit by commit, as somebody with a notebook would; nothing here looks at how the SQL does it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

ORDERS, REFUNDS, RETURNS = "orders", "refunds", "returns"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Version:
    """A line as one commit of its order states it; ``None`` for the money while it is pending."""

    status: str
    sale: int | None
    paid: int | None
    quantity: int
    currency: str = "USD"
    is_completed: bool = False


@dataclass(frozen=True)
class Commit:
    """What one commit says of a line.

    Args:
        day: when it became known.
        number: in its stream.
        stream: orders, refunds or returns.
        version: of an orders commit; ``None`` when the commit holds the order without the line.
        key: the return or the returned unit that a later commit says more about.
        amount: money back in total by this return, or 1 for a unit that is back and 0 for one that is not.
        currency: of the amount.
    """

    day: int
    number: int
    stream: str
    version: Version | None = None
    key: str = ""
    amount: int = 0
    currency: str = "USD"


@dataclass
class _Line:
    """The line in one currency so far."""

    sale: int = 0
    paid: int = 0
    quantity: int = 0
    status: str | None = None
    has_price: bool = False
    was_completed: bool = False
    completed_on: int | None = None
    back: dict[tuple[str, str], int] = field(default_factory=dict)

    def net(self) -> int:
        """What is left of the sale."""
        money = sum(amount for (stream, _), amount in self.back.items() if stream == REFUNDS)
        units = sum(amount for (stream, _), amount in self.back.items() if stream == RETURNS)
        if self.sale <= 0:
            return self.sale
        if 0 < money >= self.paid or 0 < units >= self.quantity:
            return 0
        share = round(Fraction(self.sale * units, self.quantity)) if units else 0
        return max(0, self.sale - money - share)


Event = tuple[str, str, int, int]
"""Currency, type, change of the net amount, net amount after it."""


def events(commits: Iterable[Commit]) -> list[Event]:
    """The money events of a line, in the order in which they became known."""
    ordered = sorted(commits, key=lambda commit: (commit.day, commit.stream, commit.number))
    sales = [commit.version for commit in ordered if commit.stream == ORDERS and commit.version]
    found = []
    for currency in sorted({version.currency for version in sales}):
        found += _events_in(currency, ordered, is_first=sales[0].currency == currency)
    return found


def _events_in(currency: str, ordered: Sequence[Commit], *, is_first: bool) -> list[Event]:
    line, net, found = _Line(), 0, []
    # What one commit says of several returns is one event.
    for _, said in groupby(ordered, key=lambda commit: (commit.day, commit.stream, commit.number)):
        kind = ""
        for commit in said:
            if commit.stream == ORDERS:
                kind = _sold(line, commit, currency, is_first=is_first)
            else:
                kind = _came_back(line, commit, currency)
        change, net = line.net() - net, line.net()
        if kind in ("refund", "clawback") and change > 0:
            kind = "restatement"
        if change or kind in ("placement", "cancel"):
            found.append((currency, kind, change, net))
    return found


def _sold(line: _Line, commit: Commit, currency: str, *, is_first: bool) -> str:
    version = commit.version if commit.version and commit.version.currency == currency else None
    if line.status is None and version is None and is_first:
        return ""  # the order was known before the line
    before, had_price = line.status, line.has_price
    line.status = version.status if version else WITHDRAWN
    line.has_price = version is not None and version.sale is not None
    line.sale, line.paid = ((version.sale or 0), (version.paid or 0)) if version else (0, 0)
    line.quantity = version.quantity if version else 0
    is_completed = version is not None and version.is_completed
    if is_completed and not line.was_completed:
        line.completed_on = commit.day
    line.was_completed = is_completed
    if before is None and is_first:
        return "placement"
    if line.status == "cancelled" and before not in (None, "cancelled"):
        return "cancel"
    return "price" if before == "pending" and line.has_price and not had_price else "restatement"


def _came_back(line: _Line, commit: Commit, currency: str) -> str:
    if commit.stream == REFUNDS and commit.currency != currency:
        return ""
    line.back[commit.stream, commit.key] = commit.amount
    return "clawback" if line.completed_on is not None and commit.day > line.completed_on else "refund"
