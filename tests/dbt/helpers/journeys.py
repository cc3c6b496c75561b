"""Random journeys: touches that often share instants, conversions that often fall on the edges of windows."""

import random

from dbt_oracle import DAY, MICROS, Conversion, Rules, Touch
from hypothesis import strategies as st

WINDOWS = {"impression": 0, "view_2s": 0.5, "view_6s": 7, "engagement": 6.3, "click": 14}
# Edges of the house's windows and of both replicas'.
AGES = tuple(days * DAY for days in (0, 0.5, 1, 6.3, 7, 14))
AMOUNTS = (0, 1, -1, 99, 1001, -2499, 9_000_000_000_000_000, -8_999_999_999_999_999)
CHANNELS = ("tiktok_ads", "tiktok_creators", "mail", "TikTok|shop", "a,b;c")
MARKETS = (None, "US", "UK")
SEPARATORS = ("-", "|", ":", "touch:", "é", "🎵", "\x1f", " ", "'")
HORIZON_DAYS = 45


def rules(path_transform: str, half_life_days: float) -> Rules:
    """Rules whose windows have edges of their own."""
    return Rules(WINDOWS, half_life_days, path_transform, HORIZON_DAYS)


def variables(rules: Rules) -> dict[str, float | str]:
    """The same rules as dbt reads them."""
    return {
        **{f"{name}_window_days": days for name, days in rules.windows.items()},
        "half_life_days": rules.half_life_days,
        "path_transform": rules.path_transform,
        "restatement_horizon_days": rules.horizon_days,
    }


Journey = tuple[list[Touch], list[Conversion]]


def seeded(seed: int, key: str) -> Journey:
    """One journey that a seed decides; quick, but it does not shrink inside."""
    rng = random.Random(seed)  # noqa: S311 - test data
    platform = rng.choice(("events", "amazon"))
    instants = [rng.randrange(30 * DAY) for _ in range(rng.choice((1, 2, 3, 5, 12)))]
    touches = [
        Touch(
            f"{key}{rng.choice(SEPARATORS)}{number}", key, rng.choice(instants), rng.choice(tuple(WINDOWS)),
            rng.choice(CHANNELS), platform, rng.choice(MARKETS), rng.choice((0, 0, 0, 46 * DAY, 60 * DAY)),
        )
        for number in range(rng.choice((0, 1, 2, 3, 4, 9, 30)))
    ]  # fmt: skip
    conversions = [
        _conversion(rng, f"{key}{rng.choice(SEPARATORS)}c{number}", key, platform, instants)
        for number in range(rng.choice((1, 1, 2, 3)))
    ]
    return touches, conversions


def _conversion(rng: random.Random, name: str, key: str, platform: str, instants: list[int]) -> Conversion:
    edge = rng.choice(instants) + rng.choice(AGES) + rng.choice((0, 0, -1, 1))
    kind = rng.choice(("path",) * 6 + ("code", "cells"))
    amount = rng.choice((*AMOUNTS, None, rng.randrange(-(10**6), 10**8)))
    return Conversion(
        name,
        None if kind == "cells" else key,
        max(0, int(rng.choice((edge, edge, rng.randrange(45 * DAY))))),
        amount,
        platform,
        rng.choice(MARKETS),
        rng.choice((0, 0, DAY, 20 * DAY)),
        None if amount is None else rng.choice((None, amount, amount // 3)),
        f"CODE{rng.choice(SEPARATORS)}" if kind == "code" else None,
        rng.choice(((), (MICROS,), (1, MICROS - 1), (333_333, 0, 250_000))) if kind == "cells" else (),
    )


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """One journey that shrinks: fewer touches, earlier instants, plainer types and names."""
    platform = draw(st.sampled_from(("events", "amazon")))
    instants = st.sampled_from((0, 1, 3 * DAY))
    touches = [
        Touch(
            f"t{draw(st.sampled_from(SEPARATORS))}{number}", "j", draw(instants), draw(st.sampled_from(TYPES)),
            draw(st.sampled_from(CHANNELS)), platform, draw(st.sampled_from(MARKETS)),
            draw(st.sampled_from((0, 46 * DAY))),
        )
        for number in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    conversions = [
        Conversion(
            f"c{number}", "j", max(0, int(draw(instants) + draw(st.sampled_from(AGES))) + draw(st.integers(-1, 1))),
            draw(st.sampled_from((*AMOUNTS, None))), platform, draw(st.sampled_from(MARKETS)), 0,
            draw(st.sampled_from((None, 7, -100))),
        )
        for number in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    return touches, conversions


TYPES = ("click", "view_6s", "engagement", "view_2s", "impression")
