"""The random journeys of ``journeys.seeded``, made by the database in sets: a million of them in seconds.

Every value follows from the numbers of its journey and row, so a seed's journeys are the same in every run.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from credit_world import BEGIN, CreditWorld
from dbt_oracle import DAY, MICROS, Conversion, Touch
from journeys import AGES, AMOUNTS, CHANNELS, MARKETS, SEPARATORS, WINDOWS

from phygital_funnel.warehouse.credit_models import LINE_KEY

BEGIN_US = int(BEGIN.timestamp()) * MICROS
CURRENCIES = ("USD", "JPY", "GBP")
LINES = """
select conversion_id, journey_key, converted_us, net_amount_minor, platform, market, epoch_us(first_known_at),
    net_amount_reporting_minor, linked.code, coalesce(tagged.cells, [])
from intermediate.int_conversions__converted
left join (
    select conversion_id, substr(recipient_key, length('touch:promo:') + 1) as code
    from intermediate.int_credit__order_linked_lines
) as linked using (conversion_id)
left join (
    select conversion_id, list(credit_upto - credit_before order by recipient_key) as cells
    from intermediate.int_credit__cell_lines group by conversion_id
) as tagged using (conversion_id)
where hash(conversion_id) % {every} = 0
"""
TOUCHES = """
select touchpoint_id, journey_key, epoch_us(occurred_at), touch_type, channel, platform, market,
    epoch_us(first_known_at)
from (from intermediate.int_touchpoints__from_events union all from intermediate.int_touchpoints__from_links)
where journey_key in (
    select journey_key from intermediate.int_conversions__converted where hash(conversion_id) % {every} = 0
)
"""
LEDGER = """
select conversion_id, attribution_model, recipient_key, credit_micro, attributed_amount_minor,
    attributed_amount_reporting_minor
from ledgers.fct_attribution_credit
where hash(conversion_id) % {every} = 0
"""
VARIETIES = """
with
touches as (from intermediate.int_touchpoints__from_events union all from intermediate.int_touchpoints__from_links),
lines as (from intermediate.int_conversions__converted),
journeys as (
    select journey_key, count(*) as touches, count(distinct occurred_at) as instants from touches group by journey_key
),
cells as (
    select conversion_id, list(credit_upto order by recipient_key) as upto
    from intermediate.int_credit__cell_lines group by conversion_id
),
edges as (
    select distinct conversion_id, age, converted_us - epoch_us(occurred_at) - age as beside
    from lines join touches using (platform, journey_key), (select unnest({ages}) as age)
    where abs(converted_us - epoch_us(occurred_at) - age) <= 1
),
kinds_of_touches as (
    select
        regexp_replace(touchpoint_id, '[j0-9]', '', 'g') as touch_name, touch_type, channel, platform as touched_on,
        market as touched_in, cast(first_known_at as varchar) as touch_known
    from touches
),
kinds_of_lines as (
    select
        regexp_replace(conversion_id, '[j0-9]', '', 'g') as line_name, platform as bought_on, market as bought_in,
        if(net_amount_minor in {amounts}, cast(net_amount_minor as varchar), cast(net_amount_minor < 0 as varchar))
            as amount,
        cast(net_amount_reporting_minor = net_amount_minor as varchar) as reporting, recipient_key as code,
        cast(first_known_at as varchar) as line_known, cast(journey_key is null as varchar) as is_without_journey,
        cast(touches as varchar) as touches, cast(instants as varchar) as instants, cast(upto as varchar) as upto,
        concat(age, ' and ', beside) as edge, cast(date_trunc('week', converted_at) as varchar) as week
    from lines
    left join journeys using (journey_key)
    left join intermediate.int_credit__order_linked_lines using (conversion_id)
    left join cells using (conversion_id)
    left join edges using (conversion_id)
),
kinds_of_journeys as (
    select cast(count(*) as varchar) as lines from lines where journey_key is not null group by journey_key
),
kinds as (
    from kinds_of_touches unpivot include nulls (value for kind in (columns(*)))
    union all
    from kinds_of_lines unpivot include nulls (value for kind in (columns(*)))
    union all
    from kinds_of_journeys unpivot include nulls (value for kind in (columns(*)))
)
select kind, value, count(*) / sum(count(*)) over (partition by kind) from kinds group by kind, value
"""
# Rounded down, where SQL's division rounds towards zero.
_THIRD = "(net_amount_minor - (net_amount_minor % 3 + 3) % 3) // 3"
Rows = list[tuple[Any, ...]]


def fill(engine: CreditWorld, first: int, count: int) -> None:
    """Give the engine the journeys of so many seeds, from one on, and no others."""
    for statement in _statements(first, count):
        engine.execute(statement)


def sampled(database: Any, every: int) -> tuple[list[Touch], list[Conversion], Rows]:
    """One line in so many with the touches of its journey, and their rows of the ledger."""
    touches, lines, rows = (
        database.execute(query.format(every=every)).fetchall() for query in (TOUCHES, LINES, LEDGER)
    )
    return [Touch(*row) for row in touches], [Conversion(*row[:-1], tuple(row[-1])) for row in lines], rows


def varieties(engine: CreditWorld) -> dict[tuple[str, str | None], float]:
    """Of each kind of value, of tie and of edge, how many of the touches, lines or journeys are of it."""
    query = VARIETIES.format(ages=list(map(int, AGES)), amounts=AMOUNTS)
    return {(kind, value): share for kind, value, share in engine.rows(query)}


def _statements(first: int, count: int) -> Iterator[str]:
    yield f"create or replace temp table made_journeys as {_journeys(first, count)}"
    yield f"create or replace temp table made_touches as {_touches()}"
    yield f"create or replace temp table made_lines as {_lines()}"
    for relation, query in {
        "int_touchpoints__from_links": "from made_touches where platform = 'amazon'",
        "int_touchpoints__from_events": "from made_touches where platform = 'events'",
        "int_conversions__converted": f"select * exclude (code, cells), {LINE_KEY} as line_key from made_lines",
        "int_credit__order_linked_lines": _linked(),
        "int_credit__cell_lines": _cells(),
    }.items():
        yield f"truncate intermediate.{relation}"
        yield f"insert into intermediate.{relation} by name {query}"


def _journeys(first: int, count: int) -> str:
    return f"""
    select
        journey, 'j' || journey as journey_key, 0 as number,
        {_one_of(("events", "amazon"), "platform")} as platform,
        {_one_of((1, 2, 3, 5, 12), "instants")} as instants,
        {_one_of((0, 1, 2, 3, 4, 9, 30), "touches")} as touches,
        {_one_of((1, 1, 2, 3), "lines")} as lines
    from range({first}, {first + count}) as seeds (journey)
    """


def _touches() -> str:
    return f"""
    select
        platform, journey_key,
        journey_key || {_one_of(SEPARATORS, "name")} || number as touchpoint_id,
        make_timestamp({BEGIN_US} + {_instant("at")}) as occurred_at,
        {_one_of(tuple(WINDOWS), "type")} as touch_type,
        {_one_of(CHANNELS, "channel")} as channel,
        {_one_of(MARKETS, "market")} as market,
        'event' as evidence,
        make_timestamp({BEGIN_US} + {_one_of((0, 0, 0, 46 * DAY, 60 * DAY), "known")}) as first_known_at
    from (select * replace (unnest(range(touches)) as number) from made_journeys)
    """


def _lines() -> str:
    """Two lines in three are as old as a touch may be at most, to the microsecond or one beside it."""
    edge = f"{_instant('line at')} + {_one_of(tuple(map(int, AGES)), 'age')} + {_one_of((0, 0, -1, 1), 'beside')}"
    return f"""
    select
        journey_key || {_one_of(SEPARATORS, "line name")} || 'c' || number as conversion_id,
        platform,
        {_one_of(MARKETS, "line market")} as market,
        {_one_of(CURRENCIES, "currency")} as currency,
        case {_below(10, "amount")}
            when 0 then null
            when 1 then {_below(10**8 + 10**6, "any amount")} - {10**6}
            else {_one_of(AMOUNTS, "odd amount")}
        end as net_amount_minor,
        case {_below(3, "reporting")} when 0 then net_amount_minor when 1 then {_THIRD} end
            as net_amount_reporting_minor,
        'confirmed' as conversion_status,
        if(kind = 'cells', null, journey_key) as journey_key,
        {BEGIN_US} + greatest(0, case {_below(3, "is free")} when 0 then {_below(45 * DAY, "free")} else {edge} end)
            as converted_us,
        make_timestamp(converted_us) as converted_at,
        make_timestamp({BEGIN_US} + {_one_of((0, 0, DAY, 20 * DAY), "line known")}) as first_known_at,
        if(kind = 'code', 'CODE' || {_one_of(SEPARATORS, "code")}, null) as code,
        if(kind = 'cells', {_one_of(((), (MICROS,), (1, MICROS - 1), (333_333, 0, 250_000)), "cells")}, []) as cells
    from (
        select *, {_one_of((*["path"] * 6, "code", "cells"), "kind")} as kind
        from (select * replace (unnest(range(lines)) as number) from made_journeys)
    )
    """


def _linked() -> str:
    return f"""
    select
        conversion_id, {LINE_KEY} as line_key, 'touch:promo:' || code as recipient_key,
        'promo:' || code as touchpoint_id, 'tiktok_creators' as channel, 'promo_code' as evidence,
        'line' as credit_resolution
    from made_lines
    where code is not null
    """


def _cells() -> str:
    return f"""
    select
        conversion_id, {LINE_KEY} as line_key, 'tag:' || place as recipient_key, recipient_key as touchpoint_id,
        'tiktok_ads' as channel, 'tag' as evidence, 'cell' as credit_resolution,
        coalesce(list_sum(cells[:place]), 0) as credit_before, list_sum(cells[:place + 1]) as credit_upto
    from (select conversion_id, cells, unnest(range(len(cells))) as place from made_lines)
    """


def _instant(salt: str) -> str:
    """One of the journey's few instants, each of which follows from the journey and its own number."""
    return f"cast(hash(hash(journey, 'instant', {_random(salt)} % instants)) % {30 * DAY} as bigint)"


def _one_of(options: Sequence[Any], salt: str) -> str:
    listed = ", ".join(map(_literal, options))
    return f"[{listed}][1 + {_below(len(options), salt)}]"


def _below(limit: int, salt: str) -> str:
    return f"cast({_random(salt)} % {limit} as bigint)"


def _random(salt: str) -> str:
    # A hash of several values is not even in its lowest bits, and goes with that of another salt; a hash of it is.
    return f"hash(hash(journey, number, '{salt}'))"


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]::bigint[]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "null" if value is None else str(value)
