"""OAuth, accounts and the filters of entities in the TikTok Marketing API."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, Refused
from phygital_funnel.sandbox.api.tiktok_marketing.query import read_query

from .samples import assert_same_shape, sample
from .tiktok import ADVERTISERS, PREFIX, SETTLED, US, get, post, query


def credentials(servers, **changes):
    app = servers.sandbox.credentials.marketing
    return {"app_id": app.app_id, "secret": app.secret, "auth_code": app.auth_code} | changes


def test_a_code_is_exchanged_for_a_token_that_works(serve_at):
    servers = serve_at(SETTLED)
    answer = post(servers, "oauth2/access_token", credentials(servers), headers={})
    assert_same_shape(answer, sample("oauth2_access_token"))
    assert tuple(answer["data"]["advertiser_ids"]) == ADVERTISERS
    again = post(servers, "oauth2/access_token", credentials(servers), headers={})
    for token in (answer["data"]["access_token"], again["data"]["access_token"]):
        headers = {"Access-Token": token}
        listed = servers.api.get(f"{PREFIX}/ad/get/", params={"advertiser_id": US}, headers=headers).json()
        assert listed["code"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [({"secret": "wrong"}, 40101), ({"app_id": "é"}, 40101), ({"auth_code": "used"}, 40110), ({"app_id": None}, 40002)],
)
def test_a_wrong_app_or_code_gets_no_token(serve_at, change, code):
    servers = serve_at(SETTLED)
    answer = post(servers, "oauth2/access_token", credentials(servers, **change), headers={})
    assert (answer["code"], answer["data"]) == (code, {})


@pytest.mark.parametrize("has_token", [True, False])
def test_the_accounts_of_an_app_are_listed_with_or_without_a_token(serve_at, has_token):
    servers = serve_at(SETTLED)
    headers = servers.tiktok_headers() if has_token else {}
    answer = servers.api.get(f"{PREFIX}/oauth2/advertiser/get/", params=credentials(servers), headers=headers).json()
    assert_same_shape(answer, sample("oauth2_advertiser_get"))
    assert tuple(row["advertiser_id"] for row in answer["data"]["list"]) == ADVERTISERS
    wrong = servers.api.get(f"{PREFIX}/oauth2/advertiser/get/", params={"app_id": "1", "secret": "2"}).json()
    assert wrong["code"] == 40101


def test_a_token_can_be_tried_by_asking_whose_it_is(serve_at):
    servers = serve_at(SETTLED)
    answer = get(servers, "user/info")
    assert (answer["code"], answer["message"]) == (0, "OK")
    assert type(answer["data"]["core_user_id"]) is str
    assert servers.api.get(f"{PREFIX}/user/info/", headers={"Access-Token": "x"}).json()["code"] == 40105


def ids(servers, kind, **params):
    answer = get(servers, f"{kind}/get", advertiser_id=US, page_size=1000, **params)
    assert answer["code"] == 0, answer
    return [row[f"{kind}_id"] for row in answer["data"]["list"]]


def test_only_the_fields_asked_for_come(serve_at):
    servers = serve_at(SETTLED)
    answer = get(servers, "adgroup/get", advertiser_id=US, fields='["adgroup_id","view_attribution_window"]')
    assert {tuple(row) for row in answer["data"]["list"]} == {("adgroup_id", "view_attribution_window")}
    assert get(servers, "adgroup/get", advertiser_id=US, fields='["magic"]')["code"] == 40002
    account = get(servers, "advertiser/info", advertiser_ids=json.dumps([US]), fields='["currency"]')
    assert account["data"]["list"] == [{"currency": "USD"}]


def test_budgets_and_flags_are_json_and_not_text(serve_at):
    servers = serve_at(SETTLED)
    campaign = get(servers, "campaign/get", advertiser_id=US)["data"]["list"][0]
    ad = get(servers, "ad/get", advertiser_id=US)["data"]["list"][0]
    assert type(campaign["budget"]) is float
    assert ad["is_aco"] is False


def test_entities_are_filtered_by_ids_and_state(serve_at):
    servers = serve_at(SETTLED)
    whole = ids(servers, "ad", filtering='{"primary_status":"STATUS_ALL"}')
    assert ids(servers, "ad", filtering=json.dumps({"ad_ids": whole[:2]})) == whole[:2]
    deleted = ids(servers, "ad", filtering='{"primary_status":"STATUS_DELETE"}')
    assert deleted
    assert sorted([*deleted, *ids(servers, "ad")]) == sorted(whole)
    assert ids(servers, "ad", filtering='{"primary_status":"STATUS_DISABLE"}') == []
    assert ids(servers, "campaign", filtering='{"buying_types":["RESERVATION_RF"]}') == []
    assert len(ids(servers, "campaign", filtering='{"buying_types":["AUCTION","RESERVATION_RF"]}')) > 1


def test_ads_are_filtered_by_when_they_were_made_and_changed(serve_at, tiny):
    servers = serve_at(SETTLED)
    mine = [row for row in tiny["ads"].to_pylist() if row["advertiser_id"] == US]
    span = {
        "creation_filter_start_time": f"{min(row['created_at'] for row in mine):%Y-%m-%d %H:%M:%S}",
        "creation_filter_end_time": f"{sorted(row['created_at'] for row in mine)[1]:%Y-%m-%d %H:%M:%S}",
    }
    assert len(ids(servers, "ad", filtering=json.dumps({**span, "primary_status": "STATUS_ALL"}))) == 2
    since = {"modified_after": "2026-09-10 00:00:00", "primary_status": "STATUS_ALL"}
    assert set(ids(servers, "ad", filtering=json.dumps(since))) == {
        row["ad_id"] for row in mine if row["deleted_at"] is not None
    }
    # Only ads have this filter.
    assert len(ids(servers, "adgroup", filtering=json.dumps(since))) > 1


@pytest.mark.parametrize(
    ("filtering", "code"),
    [
        ({"ad_ids": [str(number) for number in range(101)]}, 40011),
        ({"ad_ids": "1"}, 40002),
        ({"ad_ids": [None]}, 40002),
        ({"primary_status": "STATUS_MOON"}, 40002),
        ({"buying_types": ["BARTER"]}, 40002),
        ({"creation_filter_start_time": "2026-01-01 00:00:00"}, 40002),
        ({"modified_after": "yesterday"}, 40002),
        (
            {"creation_filter_start_time": "2026-01-01 00:00:00", "creation_filter_end_time": "2026-12-01 00:00:00"},
            40002,
        ),
        ([], 40002),
        (5, 40002),
    ],
)
def test_a_bad_filter_of_entities_is_refused(serve_at, filtering, code):
    assert get(serve_at(SETTLED), "ad/get", advertiser_id=US, filtering=json.dumps(filtering))["code"] == code


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        "advertiser_id", "advertiser_ids", "bc_id", "report_type", "service_type", "data_level", "dimensions",
        "metrics", "start_date", "end_date", "query_lifetime", "filtering", "order_field", "order_type", "query_mode",
    ]
)  # fmt: skip
LIKELY = st.sampled_from(
    [
        {"field_name": "spend", "filter_type": "BETWEEN", "filter_value": "[1,2]"},
        {"field_name": "ad_name", "filter_type": "IN", "filter_value": "[[]]"},
        {"field_name": "ad_status", "filter_type": "IN", "filter_value": "[1e999]"},
        {"field_name": "spend", "filter_type": "GREATER_THAN", "filter_value": "9" * 400},
    ]
)
VALUES = ANYTHING | st.lists(LIKELY | ANYTHING, max_size=2)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), st.booleans())
def test_whatever_is_asked_is_read_or_refused(changes, is_query):
    plain = query("2026-10-01", "2026-10-02")
    values = {name: value if is_query else _decoded(name, value) for name, value in plain.items()} | changes
    if is_query:
        values = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    code = 0
    try:
        read_query(Parameters(values, is_query=is_query))
    except Refused as refusal:
        code = refusal.code
    assert code in {0, 40002}


def _decoded(name, value):
    return json.loads(value) if name in {"dimensions", "metrics", "filtering"} else value
