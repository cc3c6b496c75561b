"""A small release with the published tables, made by SQL; each test may spoil a copy."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from phygital_funnel.warehouse.database import connect

SCHEMA = """
create table mart_funnel_daily (market varchar, campaign_id varchar, campaign_name varchar, content_id varchar,
    event_date date,
    currency varchar, impressions bigint, views_2s bigint, views_6s bigint, engagements bigint,
    amazon_clicks bigint,
    detail_page_views bigint, add_to_carts bigint, orders decimal(18, 6), retained_orders decimal(18, 6),
    spend_minor bigint,
    attributed_net_minor bigint);
create table mart_attribution_daily (event_date_market date, attribution_model varchar, platform varchar,
    market varchar,
    channel varchar, campaign_id varchar, creator_id varchar, evidence varchar, currency varchar, credit_micro bigint,
    orders decimal(18, 6), retained_orders decimal(18, 6), attributed_amount_minor bigint,
    attributed_amount_reporting_minor bigint, reporting_currency varchar);
create table mart_platform_reconciliation (event_date date, claim_platform varchar, claim_method varchar,
    market varchar,
    claimed_orders bigint, claimed_amount_minor bigint, ledger_orders bigint, ledger_net_amount_minor bigint,
    linked_orders decimal(18, 6), currency varchar);
create table mart_row_audit (source varchar, stream varchar, landed bigint, staged bigint, superseded bigint,
    quarantined bigint,
    partial bigint);
create table fct_order_lines (conversion_id varchar, market varchar, currency varchar, net_amount_minor bigint,
    net_amount_reporting_minor bigint);
create table dim_creators (creator_id varchar, handle varchar);
"""
# 24 days of a US and a UK campaign; amounts differ by day, market, model and evidence, so that no sums agree by chance.
DATA = """
create temp table day as select (date '2026-10-01' + i::int)::date as d, i from range(24) r(i);
insert into mart_funnel_daily
select m, 'c-' || m, 'Autumn ' || m, 'video-' || m, d, c, 400000 + 9000 * i * k, 160000 + 2500 * i,
    61000 + 900 * i, 9000 + 110 * i,
    2600 + 31 * i, 1500 + 17 * i, 310 + 5 * i, 40 + i * 0.5, 37 + i * 0.5, 90000 + 1300 * i * k, 210000 + 1900 * i * k
from day, (values ('US', 'USD', 1), ('UK', 'GBP', 2)) v(m, c, k);
insert into mart_attribution_daily
select d, model, 'amazon', m, ch, 'c-' || m, cr, ev, c, 1000000 * share, share, share * 0.875, net * share,
    net * share * rate, 'USD'
from day, (values ('US', 'USD', 1.0), ('UK', 'GBP', 1.25)) v(m, c, rate),
    (values ('first_touch', 3), ('last_touch', 4), ('last_engaged_touch', 2), ('linear', 5), ('position_based', 6),
    ('time_decay', 7), ('amazon_14d_last_click', 1), ('tiktok_7c1v', 7.5)) w(model, shift),
    lateral (values ('tiktok_ads', null, 'identity', shift), ('tiktok_creators', 'cr-1', 'promo_code', 3),
        ('tiktok_creators', 'cr-2', 'identity', 8 - shift), (null, null, 'unattributed', 13)) s(ch, cr, ev, share),
    lateral (select 7000 + 232 * i as net);
insert into fct_order_lines select m || i || '-' || n, m, c, 7000 + 232 * i, (7000 + 232 * i) * rate
from day, range(24) r(n), (values ('US', 'USD', 1.0), ('UK', 'GBP', 1.25)) v(m, c, rate);
insert into fct_order_lines values ('pending', 'US', 'USD', null, null);
insert into mart_platform_reconciliation
select d, p, method, m, 6 + i % 4, 150000, 14, 320000, 4.5, c
from day, (values ('US', 'USD'), ('UK', 'GBP')) v(m, c),
    (values ('amazon_attribution', 'click_14d'), ('tiktok_ads', 'click_7d_view_1d')) x(p, method);
insert into mart_row_audit values ('tiktok_ads', 'ad_report_daily', 5040, 2880, 2160, 0, 0),
    ('amazon_seller', 'order_lines', 2950, 2890, 48, 12, 0), ('links', 'clicks', 0, 0, 0, 0, 0);
insert into dim_creators values ('cr-1', 'ana.makes'), ('cr-2', 'Noé & Zoë');
"""
MANIFEST = {
    "run_id": "2026-10-25T02-00-00",
    "known_at": "2026-10-25T02:11:07",
    "code_version": "0.1.0",
    "settings": {"attribution": {"headline_model": "last_touch", "click_window_days": 7}, "reporting_currency": "USD"},
    "gates": {
        "staging": {
            "stage": "staging",
            "evaluated_at": "2026-10-25T02:06:00",
            "checks": [{"severity": "critical", "success": True}, {"severity": "warning", "success": True}],
        },
        "marts": {
            "stage": "marts",
            "evaluated_at": "2026-10-25T02:09:00",
            "checks": [
                {"severity": "critical", "success": True},
                {
                    "suite": "marts/mart_platform_reconciliation",
                    "expectation": "expect_column_values_to_be_between",
                    "column": "claimed_orders",
                    "severity": "warning",
                    "success": False,
                    "observed": "1.8 times the ledger",
                    "reason": "a claim above the ledger means that the tag is on pages of others",
                },
            ],
        },
    },
}

MakeRelease = Callable[..., Path]


@pytest.fixture
def make_release(tmp_path: Path) -> MakeRelease:
    """Returns ``make(*sql, data=True, **manifest)``: a release folder, its database changed by each statement."""

    def make(*statements: str, data: bool = True, **manifest: object) -> Path:
        with connect(tmp_path / "phygital.duckdb") as connection:
            for sql in (SCHEMA, DATA if data else "", *statements):
                connection.execute(sql) if sql else None
        (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST | manifest))
        return tmp_path

    return make
