"""Requests to the TikTok Marketing API, with what most tests ask for as defaults."""

import json

from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.sources.tiktok_ads.streams import REPORT_METRICS

US, UK = MARKETS[0].advertiser_id, MARKETS[1].advertiser_id
ADVERTISERS = tuple(market.advertiser_id for market in MARKETS)
PREFIX = "/open_api/v1.3"
SETTLED = "2027-01-01T00:00:00"
PERIODS = (("2026-09-06", "2026-10-05"), ("2026-10-06", "2026-11-04"), ("2026-11-05", "2026-11-07"))
"""All days of the tiny world, in as few requests as the platform allows."""


def filters(*entries):
    """The filtering parameter, whose values are JSON text within JSON text."""
    names = ("field_name", "filter_type", "filter_value")
    return json.dumps([dict(zip(names, (*entry[:2], json.dumps(entry[2])), strict=True)) for entry in entries])


ALL_STATUSES = filters(("ad_status", "IN", ["STATUS_ALL"]))


def get(servers, path, **params):
    return servers.api.get(f"{PREFIX}/{path}/", params=params, headers=servers.tiktok_headers()).json()


def post(servers, path, body, headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = servers.tiktok_headers() if headers is None else headers
    return servers.api.post(f"{PREFIX}/{path}/", content=content, headers=headers).json()


def query(start, end, **params):
    """Parameters of a daily report of ads; a parameter of None is left out, lists become JSON text."""
    defaults = {
        "advertiser_id": US,
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": ["ad_id", "stat_time_day"],
        "metrics": list(REPORT_METRICS),
        "start_date": start,
        "end_date": end,
        "page_size": "1000",
        "filtering": ALL_STATUSES,
    }
    wanted = {name: value for name, value in (defaults | params).items() if value is not None}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in wanted.items()}


def report(servers, start, end, **params):
    return get(servers, "report/integrated/get", **query(start, end, **params))


def rows(servers, start, end, **params):
    answer = report(servers, start, end, **params)
    assert answer["code"] == 0, answer
    return answer["data"]["list"]


def of_level(level, *times):
    """Parameters of a report at another level; only ads have a state to filter by here."""
    entity = {"AD": "ad_id", "ADGROUP": "adgroup_id", "CAMPAIGN": "campaign_id", "ADVERTISER": "advertiser_id"}[level]
    return {"data_level": f"AUCTION_{level}", "dimensions": [entity, *times], "filtering": ALL_STATUSES}


def total(found, metric):
    """Sum of a metric over rows; what is not available counts as nothing."""
    return sum(float(row["metrics"][metric].replace("-", "0")) for row in found)
