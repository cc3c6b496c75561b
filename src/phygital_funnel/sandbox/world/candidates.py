"""Every order that could happen, in order of time, with all that is decided about it before anything happens."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world import baskets
from phygital_funnel.sandbox.world.baskets import Baskets, Prices, Terms
from phygital_funnel.sandbox.world.clicks import Clicks, Purchases, Source
from phygital_funnel.sandbox.world.codes import Codes, draw_codes
from phygital_funnel.sandbox.world.columns import Flags, codes_of, digits, texts, timestamps
from phygital_funnel.sandbox.world.delivery import Delivered
from phygital_funnel.sandbox.world.demand import Demand, demand
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.outcome import Outcome, couple, windows
from phygital_funnel.sandbox.world.people import GEN_Z
from phygital_funnel.sandbox.world.randomness import RowDraws
from phygital_funnel.sandbox.world.sampling import order_by
from phygital_funnel.sandbox.world.settlement import Prompt, Settlement, settle
from phygital_funnel.sandbox.world.times import SECOND, Ints

PLATFORMS = ("amazon", "tiktok_shop")
_SERIALS = 8_999_993
"""A prime: how many serial numbers there are."""
SAMPLE_SHARE = 0.015
"""Share of the Shop's baseline orders that are free samples for creators."""


@dataclass(frozen=True)
class Candidates:
    """Candidates in order of time; row numbers except where said.

    Args:
        person: who buys.
        exposure: the cause, -1 for baseline.
        ad, content, creator: of the exposure, -1 for baseline (ad also for unpaid).
        market: number.
        is_shop, is_sample: what kind of order.
        purchased_at: microseconds.
        code: creator row of the promo code used, -1 for none.
        lines, prices: what is in it and what that costs.
        serial: a number of its own, from which order ids are made.
        draws: random numbers of their own, for what is decided about them later.
        line_draws: the same for each of their lines.
        outcome: which of them happen.
    """

    person: Ints
    exposure: Ints
    ad: Ints
    content: Ints
    creator: Ints
    market: Ints
    is_shop: Flags
    is_sample: Flags
    purchased_at: Ints
    code: Ints
    lines: Baskets
    prices: Prices
    serial: Ints
    draws: RowDraws
    line_draws: RowDraws
    outcome: Outcome

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.person)

    def per_order(self, amounts: Ints) -> Ints:
        """Sums of an amount per line over each candidate's lines; whole numbers below 2**53, so floats are exact."""
        sums = np.bincount(self.lines.order, weights=amounts, minlength=self.count)
        return sums.astype(np.int64)

    def purchases(self, happened: Flags) -> Purchases:
        """Those on Amazon that exposures caused, of the candidates that happened."""
        rows = np.flatnonzero(happened & (self.exposure >= 0) & ~self.is_shop)
        return Purchases(self.exposure[rows], self.purchased_at[rows])

    @cached_property
    def order_id(self) -> pa.Array:
        """Order ids as each platform writes them."""
        return order_ids(self.serial, self.market, self.is_shop)


def order_ids(serial: Ints, market: Ints, is_shop: Flags) -> pa.Array:
    """Order ids: 3-7-7 digits on Amazon, 18 digits on the Shop."""
    middle, last = digits(serial, 7), digits((serial * 7919) % 10_000_000, 7)
    amazon = pc.binary_join_element_wise(digits(111 + market, 3), middle, last, "-")
    shop = pc.binary_join_element_wise("5764", middle, last, "")
    return pc.if_else(pa.array(is_shop), shop, amazon)


def candidates(
    design: Design, tables: dict[str, pa.Table], made: Delivered, clicked: Clicks, known: Source
) -> Candidates:
    """Draw all candidates.

    Args:
        design: what determines the world.
        tables: people, creators, promotions and stock_outs.
        made: the exposures.
        clicked: the clicks.
        known: what exposures showed.
    """
    wanted = demand(design, tables["people"], made, tables["promotions"])
    is_caused = wanted.exposure >= 0
    ad, content = np.full((2, len(is_caused)), -1)
    ad[is_caused] = made.ad[wanted.exposure[is_caused]]
    content[is_caused] = made.content[wanted.exposure[is_caused]]
    shown = np.where(is_caused, known.product(ad, content), -1)
    drawn = baskets.draw_baskets(shown, wanted.product, design.randomness)
    prompt = _prompt(wanted, clicked, known, content)
    settled = settle(design, prompt, drawn, tables["stock_outs"])
    rows = np.flatnonzero(settled.purchased_at < design.end)
    rows = rows[order_by((settled.purchased_at[rows] - design.start) // SECOND)]
    return _Assembly(design, tables, made, known, wanted, ad, content, drawn, prompt, settled).take(rows)


def _prompt(wanted: Demand, clicked: Clicks, known: Source, content: Ints) -> Prompt:
    click = clicked.rows_of(wanted.exposure)
    is_clicked = click >= 0
    return Prompt(
        market=known.market[wanted.person],
        is_caused=wanted.exposure >= 0,
        moment=np.where(is_clicked, np.append(clicked.clicked_at, 0)[click], wanted.moment),
        is_clicked=is_clicked,
        to_shop=np.append(clicked.to_shop, False)[click],
        is_live=content >= known.last_video,
        is_gen_z=(codes_of(known.people["age_band"]) == GEN_Z)[wanted.person],
    )


@dataclass(frozen=True)
class _Assembly:
    """All that was drawn about candidates, before they are put in order of time."""

    design: Design
    tables: dict[str, pa.Table]
    made: Delivered
    known: Source
    wanted: Demand
    ad: Ints
    content: Ints
    drawn: Baskets
    prompt: Prompt
    settled: Settlement

    def take(self, rows: Ints) -> Candidates:
        """The candidates of these rows, in this order."""
        count, randomness = len(self.wanted.person), self.design.randomness
        draws = RowDraws(randomness, count, rows)
        content, is_shop = self.content[rows], self.settled.is_shop[rows]
        is_sample = (draws.uniform("samples") < SAMPLE_SHARE) & is_shop & ~self.prompt.is_caused[rows]
        purchased_at, market = self.settled.purchased_at[rows], self.prompt.market[rows]
        creator = np.where(content >= 0, self.known.creator[content], -1)
        lines = self.drawn.take(rows)
        person = self.wanted.person[rows]
        codes = Codes(market, creator, purchased_at, purchased_at - self.prompt.moment[rows], ~is_shop)
        affinity = self.tables["people"]["affinity"].to_numpy()[person]
        code = draw_codes(self.design, self.tables["creators"], codes, lines.value_usd(), affinity, draws)
        terms = Terms(market, purchased_at, is_shop, is_sample, code >= 0)
        return Candidates(
            person=person,
            exposure=self.wanted.exposure[rows],
            ad=self.ad[rows],
            content=content,
            creator=creator,
            market=market,
            is_shop=is_shop,
            is_sample=is_sample,
            purchased_at=purchased_at,
            code=code,
            lines=lines,
            prices=baskets.price(self.design, lines, terms, self.tables["promotions"], draws),
            serial=_serials(count, randomness.stream("order numbers"))[rows],
            draws=draws,
            line_draws=RowDraws(randomness, len(self.drawn.product), self.drawn.line_rows(rows)),
            outcome=self._outcome(rows, is_shop, draws),
        )

    def _outcome(self, rows: Ints, is_shop: Flags, draws: RowDraws) -> Outcome:
        scenario = self.design.scenario
        exposure, is_available = self.wanted.exposure[rows], self.settled.is_available[rows]
        caused = np.flatnonzero(exposure >= 0)
        # In the order of the windows' keys, so that looking them up walks through memory instead of jumping.
        caused = caused[np.lexsort((exposure[caused], self.wanted.person[rows[caused]]))]
        is_brand = np.array([rate == 0 for rate in self.tables["creators"]["commission_rate"].to_pylist()])
        is_creator_content = ~is_brand[self.known.creator]
        is_paid = self.ad[rows[caused]] >= 0
        return Outcome(
            is_available=is_available,
            draw=draws.uniform("outcome"),
            displaces=couple(
                scenario.displacement,
                is_shop & (exposure >= 0) & is_available,
                ~is_shop & (exposure < 0) & is_available,
                self.tables["people"]["geo"].to_numpy()[self.wanted.person[rows]],
                self.settled.purchased_at[rows],
                np.column_stack((draws.uniform("displaces"), draws.uniform("displaced"))),
            ),
            caused=caused,
            exposure=exposure[caused],
            is_paid=is_paid,
            is_creator=~is_paid & is_creator_content[self.content[rows[caused]]],
            windows=windows(self.made, exposure[caused], is_creator_content),
            saturation=scenario.saturation,
            synergy=scenario.synergy,
        )


def _serials(count: int, draw: np.random.Generator) -> Ints:
    """Distinct numbers of seven digits in no visible order: multiples of a number modulo a prime.

    Raises:
        ConfigError: there are not so many.
    """
    if count > _SERIALS:
        raise ConfigError(f"A world can hold {_SERIALS} possible orders, not {count}; ask for fewer baseline orders.")
    step, first = draw.integers(_SERIALS // 4, _SERIALS // 2), draw.integers(0, _SERIALS)
    serials: Ints = (np.arange(count) * step + first) % _SERIALS + 1_000_000
    return serials


def table(design: Design, drawn: Candidates) -> pa.Table:
    """One row per candidate; ``displaces`` is the candidate that does not happen if this one does."""
    number = np.arange(drawn.count)
    displaces, exposure = drawn.outcome.displaces, drawn.exposure
    return pa.table(
        {
            "candidate_id": number,
            "order_id": drawn.order_id,
            "exposure_id": pa.array(exposure, mask=exposure < 0),
            "platform": texts(drawn.is_shop.astype(np.int64), PLATFORMS),
            "market": texts(drawn.market, [market.code for market in design.markets]),
            "person_id": drawn.person,
            "purchased_at": timestamps(drawn.purchased_at),
            "net_amount_minor": drawn.per_order(drawn.prices.item - drawn.prices.discount),
            "units": drawn.per_order(drawn.lines.quantity),
            "displaces": pa.array(displaces, mask=displaces < 0),
        }
    )
