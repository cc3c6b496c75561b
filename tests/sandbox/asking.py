"""Requests that several test modules make."""

REPORT = "/open_api/v1.3/report/integrated/get/"
ADVERTISER = "7012345678901234501"


def order_fault(servers, kind, match, times=1, **figures):
    """Order a fault over the control port."""
    answer = servers.control.post("/faults", json={"match": match, "kind": kind, "times": times, **figures})
    assert answer.status_code == 200


def page(servers, number, size=20):
    """A page of a fortnight's daily ad report."""
    query = {
        "advertiser_id": ADVERTISER,
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": '["ad_id","stat_time_day"]',
        "start_date": "2026-10-01",
        "end_date": "2026-10-14",
        "page": number,
        "page_size": size,
    }
    return servers.api.get(REPORT, params=query, headers=servers.tiktok_headers())


def keys(answer):
    """What tells the rows of a report page apart."""
    return [tuple(row["dimensions"].values()) for row in answer.json()["data"]["list"]]


def campaigns(servers):
    """The first page of campaigns: a small answer."""
    query = {"advertiser_id": ADVERTISER}
    return servers.api.get("/open_api/v1.3/campaign/get/", params=query, headers=servers.tiktok_headers())
