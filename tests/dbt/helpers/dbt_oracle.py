"""Credit by the rules of the published contract, in plain Python with exact fractions: what the SQL is compared with.

Nothing here looks at how the SQL does it. Times are whole microseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise

DAY = 86_400_000_000
MICROS = 1_000_000


@dataclass(frozen=True)
class Touch:
    touchpoint_id: str
    journey_key: str
    occurred_us: int
    touch_type: str
    channel: str


@dataclass(frozen=True)
class Conversion:
    conversion_id: str
    journey_key: str
    converted_us: int
    net_amount_minor: int


@dataclass(frozen=True)
class Rules:
    windows: dict[str, float]
    half_life_days: float
    path_transform: str = "none"


def eligible_touches(conversion: Conversion, touches: Sequence[Touch], rules: Rules) -> list[Touch]:
    """Touches of the journey inside their windows, in order."""
    eligible = [
        touch
        for touch in touches
        if touch.journey_key == conversion.journey_key
        and 0 <= conversion.converted_us - touch.occurred_us < round(rules.windows[touch.touch_type] * DAY)
    ]
    return sorted(eligible, key=lambda touch: (touch.occurred_us, touch.touchpoint_id.encode()))


def path_of(eligible: Sequence[Touch], rules: Rules) -> Sequence[Touch]:
    """What the path transform leaves."""
    if rules.path_transform == "collapse_repeats":
        return [next(run) for _, run in groupby(eligible, key=lambda touch: touch.channel)]
    if rules.path_transform == "first_occurrence":
        channels_before = [{earlier.channel for earlier in eligible[:number]} for number in range(len(eligible))]
        return [touch for touch, seen in zip(eligible, channels_before, strict=True) if touch.channel not in seen]
    return eligible


def shares(path: Sequence[Touch], newest: int, rules: Rules) -> dict[str, list[Fraction]]:
    """Share of each touch of a path, as an exact fraction of one, for each model; decay counts from ``newest``."""
    positions = [list(group) for _, group in groupby(path, key=lambda touch: touch.occurred_us)]
    # round() halves to even where SQL halves away from zero: they differ only at exactly ten half-lives.
    decay = [
        max(1, round(1e9 * 2.0 ** (-(newest - touch.occurred_us) / (rules.half_life_days * DAY)))) for touch in path
    ]

    def by_position(weights: Sequence[Fraction]) -> list[Fraction]:
        return [weight / len(group) for weight, group in zip(weights, positions, strict=True) for _ in group]

    count = len(positions)
    one, none = Fraction(1), Fraction(0)
    return {
        "first_touch": by_position([one, *[none] * (count - 1)]),
        "last_touch": by_position([*[none] * (count - 1), one]),
        "linear": [Fraction(1, len(path))] * len(path),
        "position_based": by_position(_ends_and_middle(count)),
        "time_decay": [Fraction(weight, sum(decay)) for weight in decay],
    }


def _ends_and_middle(count: int) -> list[Fraction]:
    if count <= 2:
        return [Fraction(1, count)] * count
    end, middle = Fraction(2, 5), Fraction(1, 5) / (count - 2)
    return [end, *[middle] * (count - 2), end]


def credit(eligible: Sequence[Touch], amount: int, rules: Rules) -> dict[tuple[str, str], tuple[int, int]]:
    """Credit in micros and amount in minor units by (model, touchpoint)."""
    out = {}
    path = path_of(eligible, rules)
    for model, parts in shares(path, eligible[-1].occurred_us, rules).items():
        total = Fraction(0)
        upto = [0]
        for part in parts:
            total += part
            upto.append(int(total * MICROS))
        money = [abs(amount) * micros // MICROS for micros in upto]
        sign = -1 if amount < 0 else 1
        for touch, (low, high), (less, more) in zip(path, pairwise(upto), pairwise(money), strict=True):
            out[model, touch.touchpoint_id] = (high - low, sign * (more - less))
    return out


def ledger(
    conversions: Sequence[Conversion], touches: Sequence[Touch], rules: Rules
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Every row of the credit ledger: (conversion, model, recipient) to (micros, minor units)."""
    by_journey: dict[str, list[Touch]] = {}
    for touch in touches:
        by_journey.setdefault(touch.journey_key, []).append(touch)
    rows = {}
    for conversion in conversions:
        eligible = eligible_touches(conversion, by_journey.get(conversion.journey_key, []), rules)
        amount = conversion.net_amount_minor
        if not eligible:
            models = ("first_touch", "last_touch", "linear", "position_based", "time_decay")
            rows |= {(conversion.conversion_id, model, "unattributed"): (MICROS, amount) for model in models}
            continue
        for (model, touchpoint), value in credit(eligible, amount, rules).items():
            rows[conversion.conversion_id, model, f"touch:{touchpoint}"] = value
    return rows
