"""One request per route that the platform accepts, for the fuzz test to spoil."""

import json
from typing import Any

ADVERTISER, US_SHOP, US = "7012345678901234501", "7495000000000000001", "ATVPDKIKX0DER"
Fields = dict[str, Any]
_ADS = {"advertiser_id": ADVERTISER, "page": "1", "page_size": "10", "filtering": '{"primary_status":"STATUS_ALL"}'}
_REPORT = {
    "advertiser_id": ADVERTISER,
    "report_type": "BASIC",
    "data_level": "AUCTION_AD",
    "dimensions": ["ad_id", "stat_time_day"],
    "metrics": ["spend", "impressions", "ctr", "campaign_name"],
    "start_date": "2026-10-01",
    "end_date": "2026-10-14",
    "filtering": [{"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}],
}
_PAGED = {"order_field": "spend", "order_type": "DESC", "page": 1, "page_size": 20, "enable_total_metrics": "true"}
_SPONSORED = {
    "name": "x",
    "startDate": "2026-10-01",
    "endDate": "2026-10-07",
    "configuration": {
        "adProduct": "SPONSORED_PRODUCTS",
        "groupBy": ["campaign"],
        "columns": ["date", "campaignId", "impressions", "cost"],
        "reportTypeId": "spCampaigns",
        "timeUnit": "DAILY",
        "format": "GZIP_JSON",
    },
}


def as_query(fields: Fields) -> Fields:
    """Lists and objects become JSON text."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}


def queries(credentials: Any, business_id: str) -> dict[str, Fields]:
    """Query by path of what is asked for with GET."""
    marketing, shop = credentials.marketing, credentials.shop
    cipher = {"shop_cipher": credentials.shop_cipher(US_SHOP)}
    week = {"start_date_ge": "2026-10-01", "end_date_lt": "2026-10-08", "page_size": "10"}
    signing = {"app_key": shop.app_id, "app_secret": shop.secret}
    return {
        "/open_api/v1.3/oauth2/advertiser/get/": {"app_id": marketing.app_id, "secret": marketing.secret},
        "/open_api/v1.3/advertiser/info/": {"advertiser_ids": f'["{ADVERTISER}"]'},
        "/open_api/v1.3/campaign/get/": {**_ADS, "fields": '["campaign_id","campaign_name"]'},
        "/open_api/v1.3/adgroup/get/": _ADS,
        "/open_api/v1.3/ad/get/": {**_ADS, "modified_after": "2026-09-01 00:00:00"},
        "/open_api/v1.3/report/integrated/get/": as_query({**_REPORT, **_PAGED}),
        "/open_api/v1.3/business/get/": {
            "business_id": business_id,
            "start_date": "2026-10-01",
            "end_date": "2026-10-10",
            "fields": '["video_views","likes"]',
        },
        "/open_api/v1.3/business/video/list/": {
            "business_id": business_id,
            "fields": '["item_id","video_views","reach"]',
            "cursor": "1792000000000",
            "max_count": "10",
            "filters": '{"ad_post_only":false}',
        },
        "/api/v2/token/get": {**signing, "auth_code": shop.auth_code, "grant_type": "authorized_code"},
        "/api/v2/token/refresh": {**signing, "refresh_token": shop.refresh_token, "grant_type": "refresh_token"},
        "/authorization/202309/shops": {},
        "/order/202309/orders": {**cipher, "ids": "1"},
        "/order/202507/orders": {**cipher, "ids": "1,2"},
        **{f"/analytics/{version}/shop_videos/performance": {**cipher, **week} for version in (202405, 202409, 202509)},
        "/attribution/tags/macroTag": {"publisherIds": "1"},
        "/attribution/tags/nonMacroTemplateTag": {"publisherIds": "12", "advertiserIds": "580000000000000001"},
        "/orders/2026-01-01/orders": {
            "createdAfter": "2026-10-01T00:00:00Z",
            "createdBefore": "2026-10-10T00:00:00Z",
            "marketplaceIds": US,
            "maxResultsPerPage": "50",
            "includedData": "PROCEEDS,PROMOTION",
            "fulfillmentStatuses": "SHIPPED,PENDING",
        },
        "/orders/v0/orders": {
            "CreatedAfter": "2026-10-01T00:00:00Z",
            "CreatedBefore": "2026-10-10T00:00:00Z",
            "MarketplaceIds": US,
            "MaxResultsPerPage": "50",
            "OrderStatuses": "Shipped",
        },
        "/sales/v1/orderMetrics": {
            "marketplaceIds": US,
            "interval": "2026-10-01T00:00:00-07:00--2026-10-08T00:00:00-07:00",
            "granularity": "Day",
            "granularityTimeZone": "America/Los_Angeles",
            "asin": "B0SBX00001",
        },
        "/reports/2021-06-30/reports": {
            "reportTypes": "GET_SALES_AND_TRAFFIC_REPORT",
            "createdSince": "2026-10-01T00:00:00Z",
            "pageSize": "10",
            "processingStatuses": "DONE",
            "marketplaceIds": US,
        },
    }


def bodies(credentials: Any) -> dict[str, Fields]:
    """JSON body by path of what is asked for with POST."""
    marketing, organic = credentials.marketing, credentials.organic
    client = {"client_id": organic.app_id, "client_secret": organic.secret}
    day = {"create_time_ge": 1790000000, "create_time_lt": 1792000000}
    return {
        "/open_api/v1.3/oauth2/access_token/": {
            "app_id": marketing.app_id,
            "secret": marketing.secret,
            "auth_code": marketing.auth_code,
        },
        "/open_api/v1.3/report/task/create/": {**_REPORT, "output_format": "CSV_STRING"},
        "/open_api/v1.3/tt_user/oauth2/token/": {
            **client,
            "grant_type": "authorization_code",
            "auth_code": organic.auth_code,
            "redirect_uri": "https://example-brand.test/",
        },
        "/v2/video/list/": {"max_count": 10, "cursor": 1792000000000},
        "/order/202309/orders/search": {"order_status": "DELIVERED", **day},
        "/product/202309/products/search": {"status": "ALL"},
        "/affiliate_seller/202410/orders/search": day,
        "/return_refund/202309/returns/search": day,
        "/return_refund/202309/cancellations/search": day,
        "/attribution/report": {
            "reportType": "PERFORMANCE",
            "groupBy": "CAMPAIGN",
            "startDate": "20261001",
            "endDate": "20261014",
            "metrics": "Click-throughs,attributedSales14d,brb_bonus_amount",
            "advertiserIds": "580000000000000001",
            "count": 100,
            "cursorId": None,
        },
        "/reporting/reports": _SPONSORED,
        "/reports/2021-06-30/reports": {
            "reportType": "GET_SALES_AND_TRAFFIC_REPORT",
            "marketplaceIds": [US],
            "dataStartTime": "2026-10-01T00:00:00Z",
            "dataEndTime": "2026-10-05T00:00:00Z",
            "reportOptions": {"dateGranularity": "DAY", "asinGranularity": "CHILD"},
        },
        "/tokens/2021-03-01/restrictedDataToken": {
            "restrictedResources": [
                {"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo", "shippingAddress"]}
            ]
        },
    }


def search_query(credentials: Any) -> Fields:
    """What every search of the Shop has in its query."""
    return {"shop_cipher": credentials.shop_cipher(US_SHOP), "page_size": "20", "page_token": ""}
