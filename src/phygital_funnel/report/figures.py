"""Every number of the page, each read by one query from the release."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from phygital_funnel.settings import ATTRIBUTION_MODELS

PAID_CHANNEL = "tiktok_ads"  # the one channel whose cost the sources report
UNATTRIBUTED = "unattributed"
STAGES = {
    "impressions": ("Impressions", "TikTok"),
    "views_2s": ("2-second views", "TikTok"),
    "views_6s": ("6-second views", "TikTok"),
    "engagements": ("Engagements", "TikTok"),
    "amazon_clicks": ("Clicks to Amazon", "TikTok"),
    "detail_page_views": ("Detail page views", "Amazon"),
    "add_to_carts": ("Adds to cart", "Amazon"),
    "orders": ("Orders", "Amazon"),
    "retained_orders": ("Retained orders", "Amazon"),
}
_TOP = 10

Row = dict[str, Any]
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Stage:
    """One step of the funnel; ``value`` and ``previous`` (the last measured step) are None when not measured."""

    name: str
    platform: str
    value: Decimal | int | None
    previous: Decimal | int | None


@dataclass(frozen=True)
class Figures:
    """What the page shows; amounts are minor units of ``currency`` unless a row names its own."""

    currency: str
    headline_model: str
    first_day: date | None
    last_day: date | None
    totals: Row
    stages: list[Stage]
    channels: list[Row]
    evidence: list[Row]
    models: list[Row]
    days: list[Row]
    claims: list[Row]
    creators: list[Row]
    campaigns: list[Row]
    audit: list[Row]

    @property
    def has_orders(self) -> bool:
        """Whether the ledger holds any line."""
        return bool(self.totals["lines"])

    @property
    def has_funnel(self) -> bool:
        """Whether any step of the funnel was measured."""
        return any(stage.value for stage in self.stages)


def read(connection: Connection, headline_model: str) -> Figures:
    """Read every figure of the release; ``headline_model`` names the model of tiles, funnel and trend."""
    _create_views(connection, headline_model)
    days = _rows(connection, _DAYS)
    return Figures(
        currency=_one(connection, "select max(reporting_currency) as currency from mart_attribution_daily")["currency"]
        or "",
        headline_model=headline_model,
        first_day=days[0]["event_date"] if days else None,
        last_day=days[-1]["event_date"] if days else None,
        totals=_totals(connection),
        stages=_stages(connection),
        channels=_rows(connection, _CHANNELS, [PAID_CHANNEL]),
        evidence=_rows(connection, _EVIDENCE),
        models=_models(connection),
        days=_rows(connection, _DAYS),
        claims=_rows(connection, _CLAIMS),
        creators=_rows(connection, _CREATORS, [_TOP]),
        campaigns=_rows(connection, _CAMPAIGNS, [_TOP]),
        audit=_rows(connection, "select * from mart_row_audit where landed > 0 order by source, stream"),
    )


# Spend is stated in each advertiser's currency; the ledger's own lines say what that currency was worth in the
# reporting currency over the period. A currency without lines has no worth here: its spend stays NULL.
_VIEWS = """
create or replace temp view credit as
select *, case when evidence = 'unattributed' then 'unattributed' else coalesce(channel, 'unnamed') end as shown_channel
from mart_attribution_daily;

create or replace temp view worth as
select currency, sum(net_amount_reporting_minor)::double / nullif(sum(net_amount_minor), 0) as rate
from fct_order_lines
where net_amount_reporting_minor is not null
group by currency;

create or replace temp view spend as
select f.event_date, f.currency, f.spend_minor, f.spend_minor * w.rate as spend
from mart_funnel_daily as f
left join worth as w on w.currency = f.currency
where f.spend_minor is not null;
"""
_DAY = """
create or replace temp view day as
select event_date, spend, null as net from spend
union all
-- A day whose orders are all unattributed has earned zero, which is not the same as a day without orders.
select event_date_market, null, case when evidence = 'unattributed' then 0 else attributed_amount_reporting_minor end
from credit
where attribution_model = getvariable('headline')
"""
_DAYS = """
select event_date, sum(spend) as spend, sum(net) as net from day where event_date is not null group by 1 order by 1
"""
_CHANNELS = """
with c as (
    select
        shown_channel as channel,
        sum(orders) as orders,
        sum(retained_orders) as retained_orders,
        sum(attributed_amount_reporting_minor) as net
    from credit
    where attribution_model = getvariable('headline')
    group by 1
), s as (
    select ? as channel, sum(spend) as spend from spend having count(*) filter (where spend_minor <> 0) > 0
)
select coalesce(c.channel, s.channel) as channel, s.spend, coalesce(c.orders, 0) as orders,
    coalesce(c.retained_orders, 0) as retained_orders, coalesce(c.net, 0) as net
from c full join s on s.channel = c.channel
order by coalesce(c.channel, s.channel) = 'unattributed', net desc, 1
"""
_EVIDENCE = """
select shown_channel as channel, evidence, sum(orders) as orders, sum(attributed_amount_reporting_minor) as net
from credit
where attribution_model = getvariable('headline')
group by 1, 2
order by 1, 2
"""
_MODELS = """
select shown_channel as channel, attribution_model as model, sum(attributed_amount_reporting_minor) as net
from credit
group by 1, 2
"""
# One ledger order stands beside several claims, so rows are never added up over methods or platforms.
_CLAIMS = """
select
    claim_platform,
    claim_method,
    market,
    max(currency) as currency,
    sum(claimed_orders) as claimed_orders,
    sum(claimed_amount_minor) as claimed_amount_minor,
    sum(ledger_orders) as ledger_orders,
    sum(ledger_net_amount_minor) as ledger_net_amount_minor,
    sum(linked_orders) as linked_orders
from mart_platform_reconciliation
group by 1, 2, 3
order by 1, 2, 3
"""
_CREATORS = """
select
    coalesce(max(d.handle), c.creator_id) as creator,
    sum(c.orders) as orders,
    sum(c.retained_orders) as retained_orders,
    sum(c.attributed_amount_reporting_minor) as net
from credit as c
left join dim_creators as d on d.creator_id = c.creator_id
where c.attribution_model = getvariable('headline') and c.creator_id is not null and c.evidence <> 'unattributed'
group by c.creator_id
order by net desc nulls last, 1
limit ?
"""
_CAMPAIGNS = """
select
    coalesce(max(campaign_name), campaign_id) as campaign,
    market,
    currency,
    sum(spend_minor) as spend_minor,
    sum(attributed_net_minor) as net_minor,
    sum(orders) as orders
from mart_funnel_daily
where campaign_id is not null
group by campaign_id, market, currency
order by market, spend_minor desc nulls last, 1
limit ?
"""
_TOTALS = """
select
    (select count(*) from fct_order_lines) as lines,
    (select sum(net_amount_reporting_minor) from fct_order_lines) as ledger_net,
    (select count(*) from fct_order_lines where net_amount_minor is null) as lines_without_price,
    (select sum(spend) from spend) as spend,
    (select count(*) from spend where spend_minor <> 0 and spend is null) as spend_rows_without_rate,
    coalesce(sum(orders), 0) as orders,
    coalesce(sum(orders) filter (where evidence <> 'unattributed'), 0) as attributed_orders,
    coalesce(sum(attributed_amount_reporting_minor), 0) as net,
    coalesce(sum(attributed_amount_reporting_minor) filter (where evidence <> 'unattributed'), 0) as attributed_net,
    coalesce(sum(attributed_amount_reporting_minor) filter (where shown_channel = ?), 0) as paid_net,
    coalesce(sum(orders) filter (where shown_channel = ?), 0) as paid_orders
from credit
where attribution_model = getvariable('headline')
"""


def _create_views(connection: Connection, headline_model: str) -> None:
    connection.execute("set variable headline = ?", [headline_model])
    connection.execute(_VIEWS)
    connection.execute(_DAY)


def _totals(connection: Connection) -> Row:
    return _one(connection, _TOTALS, [PAID_CHANNEL, PAID_CHANNEL])


def _stages(connection: Connection) -> list[Stage]:
    row = _one(connection, f"select {', '.join(f'sum({c}) as {c}' for c in STAGES)} from mart_funnel_daily")
    stages, previous = [], None
    for column, (name, platform) in STAGES.items():
        stages.append(Stage(name, platform, row[column], previous))
        previous = previous if row[column] is None else row[column]
    return stages


def _models(connection: Connection) -> list[Row]:
    """One row per channel with a column per model, the largest first and the unattributed rest last."""
    channels: dict[str, Row] = {}
    for row in _rows(connection, _MODELS):
        channels.setdefault(row["channel"], dict.fromkeys(ATTRIBUTION_MODELS, Decimal(0)))[row["model"]] = row[
            "net"
        ] or Decimal(0)
    return [
        {"channel": channel, "net": channels[channel]}
        for channel in sorted(channels, key=lambda c: (c == UNATTRIBUTED, -max(channels[c].values()), c))
    ]


def _rows(connection: Connection, query: str, parameters: list[Any] | None = None) -> list[Row]:
    cursor = connection.execute(query, parameters or [])
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _one(connection: Connection, query: str, parameters: list[Any] | None = None) -> Row:
    return _rows(connection, query, parameters)[0]
