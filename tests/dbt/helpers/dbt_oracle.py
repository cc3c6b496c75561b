"""Credit by the rules of the published contract, in plain Python with exact fractions: what the SQL is compared with.

Nothing here looks at how the SQL does it. Times are whole microseconds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, groupby, pairwise

DAY = 86_400_000_000
MICROS = 1_000_000
UNATTRIBUTED = "unattributed"

Credit = dict[str, tuple[int, int, int]]
"""Of one model of one conversion: recipient to (micros, minor units, minor units of the reporting currency)."""


@dataclass(frozen=True)
class Touch:
    touchpoint_id: str
    journey_key: str
    occurred_us: int
    touch_type: str
    channel: str
    platform: str = "events"
    market: str | None = None
    first_known_us: int = 0


@dataclass(frozen=True)
class Conversion:
    conversion_id: str
    journey_key: str | None
    converted_us: int
    net_amount_minor: int | None
    platform: str = "events"
    market: str | None = None
    first_known_us: int = 0
    reporting_minor: int | None = None
    code: str | None = None
    cells: tuple[int, ...] = ()
    """Micros of tags, in the order of their recipients; only of lines without code and path."""


@dataclass(frozen=True)
class Rules:
    windows: dict[str, float]
    half_life_days: float
    path_transform: str = "none"
    horizon_days: int = 45


def ledger(
    conversions: Sequence[Conversion], touches: Sequence[Touch], rules: Rules
) -> dict[tuple[str, str, str], tuple[int, int | None, int | None]]:
    """Every row of the credit ledger: (conversion, model, recipient) to micros and amounts."""
    by_journey: dict[tuple[str, str], list[Touch]] = {}
    for touch in touches:
        by_journey.setdefault((touch.platform, touch.journey_key), []).append(touch)
    rows = {}
    for conversion in conversions:
        seen = by_journey.get((conversion.platform, conversion.journey_key or ""), [])
        for model, shares in _line(conversion, seen, rules).items():
            for recipient, (low, high) in shares.items():
                rows[conversion.conversion_id, model, recipient] = (
                    high - low,
                    _amount(conversion.net_amount_minor, low, high),
                    _amount(conversion.reporting_minor, low, high),
                )
    return rows


def _amount(amount: int | None, low: int, high: int) -> int | None:
    """Cumulative floors of the absolute amount, the sign afterwards."""
    if amount is None:
        return None
    size = abs(amount) * high // MICROS - abs(amount) * low // MICROS
    return -size if amount < 0 else size


def _line(conversion: Conversion, touches: Sequence[Touch], rules: Rules) -> dict[str, dict[str, tuple[int, int]]]:
    """Cumulative micros before and after each recipient, by model."""
    if conversion.code is not None:
        return {model: {f"touch:promo:{conversion.code}": (0, MICROS)} for model in MODELS}
    seen = sorted(
        (touch for touch in touches if _is_seen(conversion, touch, rules)),
        key=lambda touch: (touch.occurred_us, touch.touchpoint_id.encode()),
    )
    paths = {
        group: [touch for touch in seen if counts(conversion, touch, rules)] for group, counts in ELIGIBILITY.items()
    }
    if not any(paths.values()):
        return {model: _with_rest(conversion.cells) for model in MODELS}
    newest = max((touch.occurred_us for touch in paths["house"]), default=0)
    paths = {group: _transformed(path, rules.path_transform) for group, path in paths.items()}
    # Of touches of one instant, those that only a replica may credit come last.
    on_path = {touch.touchpoint_id for touch in paths["house"]}
    for group in ("amazon", "tiktok"):
        paths[group].sort(key=lambda touch: (touch.occurred_us, touch.touchpoint_id not in on_path))
    shares = {model: share(paths[group], newest, rules) for model, (group, share) in MODELS.items()}
    credited = {touch.touchpoint_id for model in shares.values() for touch, part in model if part}
    listed = {touch.touchpoint_id for touch in paths["house"]} | credited
    found = {model: dict(_cumulative(parts)) for model, parts in shares.items()}
    rows = {model: {f"touch:{touch}": parts.get(touch, (0, 0)) for touch in listed} for model, parts in found.items()}
    if not all(found.values()):
        for model, parts in found.items():
            rows[model][UNATTRIBUTED] = (MICROS if parts else 0, MICROS)
    return rows


def _with_rest(cells: Sequence[int]) -> dict[str, tuple[int, int]]:
    ends = [0, *accumulate(cells)]
    rows = {f"tag:{place}": part for place, part in enumerate(pairwise(ends))}
    return rows if ends[-1] == MICROS else {**rows, UNATTRIBUTED: (ends[-1], MICROS)}


def _is_seen(conversion: Conversion, touch: Touch, rules: Rules) -> bool:
    known_from = max(conversion.converted_us, conversion.first_known_us)
    is_late = touch.first_known_us > known_from + rules.horizon_days * DAY
    return touch.occurred_us <= conversion.converted_us and not is_late


def _age(conversion: Conversion, touch: Touch) -> int:
    return conversion.converted_us - touch.occurred_us


def _is_house(conversion: Conversion, touch: Touch, rules: Rules) -> bool:
    return _age(conversion, touch) < round(rules.windows[touch.touch_type] * DAY)


def _is_amazon(conversion: Conversion, touch: Touch, _: Rules) -> bool:
    markets = {conversion.market, touch.market} - {None}
    is_click = touch.touch_type == "click" and conversion.platform == "amazon"
    return is_click and len(markets) < 2 and _age(conversion, touch) < 14 * DAY


def _is_tiktok(conversion: Conversion, touch: Touch, _: Rules) -> bool:
    days = 7 if touch.touch_type == "click" else 1
    return touch.channel.lower().startswith("tiktok") and _age(conversion, touch) < days * DAY


def _transformed(path: Sequence[Touch], transform: str) -> list[Touch]:
    if transform == "collapse_repeats":
        return [next(run) for _, run in groupby(path, key=lambda touch: touch.channel)]
    if transform == "first_occurrence":
        seen: set[str] = set()
        return [touch for touch in path if not (touch.channel in seen or seen.add(touch.channel))]
    return list(path)


Shares = list[tuple[Touch, Fraction]]


def _cumulative(shares: Shares) -> Iterator[tuple[str, tuple[int, int]]]:
    """Floors of the running total, from touch to touch."""
    ends = [int(total * MICROS) for total in accumulate((part for _, part in shares), initial=Fraction(0))]
    for (touch, _), ends_of_touch in zip(shares, pairwise(ends), strict=True):
        yield touch.touchpoint_id, ends_of_touch


def _positions(path: Sequence[Touch]) -> list[list[Touch]]:
    return [list(group) for _, group in groupby(path, key=lambda touch: touch.occurred_us)]


def _by_position(path: Sequence[Touch], weights: Callable[[int], Sequence[Fraction | int]]) -> Shares:
    positions = _positions(path)
    if not positions:
        return []
    return [
        (touch, Fraction(weight, len(group)))
        for weight, group in zip(weights(len(positions)), positions, strict=True)
        for touch in group
    ]


def _ends_and_middle(count: int) -> list[Fraction]:
    if count <= 2:
        return [Fraction(1, count)] * count
    end, middle = Fraction(2, 5), Fraction(1, 5) / (count - 2)
    return [end, *[middle] * (count - 2), end]


def _first(path: Sequence[Touch], _newest: int, _rules: Rules) -> Shares:
    return _by_position(path, lambda count: [1, *[0] * (count - 1)])


def _last(path: Sequence[Touch], _newest: int, _rules: Rules) -> Shares:
    return _by_position(path, lambda count: [*[0] * (count - 1), 1])


def _linear(path: Sequence[Touch], _newest: int, _rules: Rules) -> Shares:
    return [(touch, Fraction(1, len(path))) for touch in path]


def _position_based(path: Sequence[Touch], _newest: int, _rules: Rules) -> Shares:
    return _by_position(path, _ends_and_middle)


def _time_decay(path: Sequence[Touch], newest: int, rules: Rules) -> Shares:
    # round() halves to even where SQL halves away from zero: they differ only at exactly ten half-lives.
    weights = [
        max(1, round(1e9 * 2.0 ** (-(newest - touch.occurred_us) / (rules.half_life_days * DAY)))) for touch in path
    ]
    return [(touch, Fraction(weight, sum(weights))) for touch, weight in zip(path, weights, strict=True)]


def _last_click_else(others: tuple[str, ...]) -> Callable[[Sequence[Touch], int, Rules], Shares]:
    def share(path: Sequence[Touch], newest: int, rules: Rules) -> Shares:
        clicks = [touch for touch in path if touch.touch_type == "click"]
        return _winners(clicks or [touch for touch in path if touch.touch_type in others], newest, rules)

    return share


def _winners(path: Sequence[Touch], newest: int, rules: Rules) -> Shares:
    return [(touch, part) for touch, part in _last(path, newest, rules) if part]


ELIGIBILITY = {"house": _is_house, "amazon": _is_amazon, "tiktok": _is_tiktok}
MODELS: dict[str, tuple[str, Callable[[Sequence[Touch], int, Rules], Shares]]] = {
    "first_touch": ("house", _first),
    "last_touch": ("house", _last),
    "last_engaged_touch": ("house", _last_click_else(("view_6s", "engagement"))),
    "linear": ("house", _linear),
    "position_based": ("house", _position_based),
    "time_decay": ("house", _time_decay),
    "amazon_14d_last_click": ("amazon", _winners),
    "tiktok_7c1v": ("tiktok", _last_click_else(("impression", "view_2s", "view_6s", "engagement"))),
}
