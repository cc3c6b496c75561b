"""Amazon Attribution over HTTP: wire format, masking, delays, restatement, the bonus, tags and refusals."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from phygital_funnel.sandbox.api.amazon_ads import attribution
from phygital_funnel.sandbox.api.amazon_ads.access import Call, Refused
from phygital_funnel.sandbox.world.catalogue import JAPAN

from .samples import assert_same_shape, sample

PROFILES = ("581234567801", "581234567802", "581234567803", "581234567804")
US, UK, FR, DE = PROFILES
FAR = "2026-12-05T00:00:00"
PURCHASES, SALES = "attributedTotalPurchases14d", "totalAttributedSales14d"
KINDLE = {"kindleEditionNormalizedPagesRead14d", "kindleEditionNormalizedPagesRoyalties14d"}
BONUS = "brb_bonus_amount"
_PRODUCT_PURCHASES = ("attributedPurchases14d", "brandHaloAttributedPurchases14d")
_PRODUCT_SALES = ("attributedSales14d", "brandHaloAttributedSales14d")


def metrics_of(documented):
    """The metrics of a documented row, as they are asked for."""
    return ",".join(
        name for name in documented["reports"][0] if name[-3:] == "14d" or name in ("Click-throughs", BONUS)
    )


def ask(servers, profile_id=US, **change):
    body = {"groupBy": "CREATIVE", "startDate": "20260907", "endDate": "20261205", "count": 5000, "cursorId": None}
    return servers.api.post("/attribution/report", json=body | change, headers=servers.ads_headers(profile_id))


def rows(servers, profile_id=US, **change):
    return ask(servers, profile_id, **change).json()["reports"]


def total(found, *names):
    return sum(float(row[name]) for row in found for name in names)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"groupBy": "CREATIVE"}, "attribution_report_performance_creative_page1"),
        ({"groupBy": "CAMPAIGN"}, "attribution_report_performance_campaign_brb"),
        ({"reportType": "PRODUCTS"}, "attribution_report_products"),
    ],
)
def test_reports_have_the_documented_shape_and_nothing_but_text(serve_at, change, name):
    documented = sample(name)
    answer = ask(serve_at(FAR), metrics=metrics_of(documented), **change).json()
    assert answer["reports"]
    assert_same_shape(answer, documented)


def test_all_metrics_come_when_none_are_named_but_for_the_bonus(serve_at):
    """Those of books among them, which are zero for everybody else."""
    servers = serve_at(FAR)
    documented = set(sample("attribution_report_performance_campaign_brb")["reports"][0])
    row = rows(servers, groupBy="CAMPAIGN")[0]
    assert set(row) == (documented - {BONUS}) | KINDLE
    assert {float(row[name]) for name in KINDLE} == {0.0}
    assert set(rows(servers, groupBy="ADGROUP")[0]) == set(row) | {"adGroupId", "publisher"}


def test_profiles_advertisers_and_publishers_have_the_documented_shape(serve_at):
    servers = serve_at(FAR)
    for path, name in (
        ("/v2/profiles", "v2_profiles"),
        ("/attribution/advertisers", "attribution_advertisers"),
        ("/attribution/publishers", "attribution_publishers"),
    ):
        assert_same_shape(servers.api.get(path, headers=servers.ads_headers()).json(), sample(name))


def test_pages_are_joined_by_a_cursor_of_json_text_that_ends_in_null(serve_at):
    servers = serve_at(FAR)
    whole = rows(servers)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        answer = ask(servers, count=3, cursorId=cursor).json()
        assert answer["size"] == len(answer["reports"]) <= 3
        found += answer["reports"]
        cursor, pages = answer["cursorId"], pages + 1
        assert cursor is None or (isinstance(cursor, str) and cursor.startswith('{"'))
    assert found == whole
    assert pages > 3


def claimed_by_hand(world):
    """The 14-day last-click rule in its plainest form: (order, ASIN) pairs that were kept, by market."""
    countries = {market.country: market.code for market in world.markets}
    clicks = [
        (click["person_id"], countries[click["country"]], click["clicked_at"])
        for click in world["clicks"].to_pylist()
        if click["has_tag"] and click["tag_ad_id"] and click["destination"] == "amazon"
    ]
    paid = Counter()
    for line in world["order_lines"].to_pylist():
        discount = line["discount_minor"] + line["platform_discount_minor"]
        paid[line["order_id"], line["asin"]] += line["item_price_minor"] - discount
    asins = {(line["order_id"], line["line_number"]): line["asin"] for line in world["order_lines"].to_pylist()}
    bought = {order["order_id"]: order["purchased_at"] for order in world["orders"].to_pylist()}
    for refund in world["refunds"].to_pylist():
        # The last restatement is 28 days after the purchase; what is given back later stays claimed.
        if refund["refunded_at"] - bought[refund["order_id"]] <= timedelta(days=28):
            paid[refund["order_id"], asins[refund["order_id"], refund["line_number"]]] -= refund["amount_minor"]
    claimed = Counter()
    for order in world["orders"].to_pylist():
        is_sale = order["platform"] == "amazon" and not order["sales_channel"].startswith("Non-Amazon")
        is_clicked = any(
            (person, market) == (order["person_id"], order["market"])
            and timedelta(0) <= order["purchased_at"] - clicked_at < timedelta(days=14)
            for person, market, clicked_at in clicks
        )
        if is_sale and is_clicked and not order["cancelled_at"]:
            claimed[order["market"]] += sum(
                left > 0 for (order_id, _), left in paid.items() if order_id == order["order_id"]
            )
    return claimed


@pytest.fixture
def unmasked(tiny):
    """The tiny world where Attribution hides nothing: few of its tags get ten clicks."""
    return replace(tiny, scenario=replace(tiny.scenario, is_masked=False))


def test_claims_are_the_last_clicks_of_fourteen_days(serve_at, unmasked):
    """Every purchase within 14 days of a surviving tagged click, whoever caused it, and nothing else."""
    servers = serve_at(FAR, world=unmasked)
    found = {profile: total(rows(servers, profile, groupBy="CAMPAIGN"), PURCHASES) for profile in PROFILES}
    by_hand = claimed_by_hand(unmasked)
    assert found == dict(zip(PROFILES, (by_hand[code] for code in ("US", "UK", "FR", "DE")), strict=True))
    assert found[US] > 0


def test_the_levels_and_the_products_agree(serve_at, unmasked):
    """With nothing masked, campaigns, ad groups, creatives and products add up to the same."""
    servers = serve_at(FAR, world=unmasked)
    seen = Counter()
    for profile in PROFILES:
        levels = [rows(servers, profile, groupBy=level) for level in ("CAMPAIGN", "ADGROUP", "CREATIVE")]
        for name in ("Click-throughs", PURCHASES, SALES):
            sums = [total(level, name) for level in levels]
            assert sums == pytest.approx([sums[0]] * 3)
            seen[name] += sums[0]
        products = rows(servers, profile, reportType="PRODUCTS")
        assert total(products, *_PRODUCT_PURCHASES) == total(levels[1], PURCHASES)
        assert total(products, *_PRODUCT_SALES) == pytest.approx(total(levels[1], SALES))
    assert all(seen.values())


def test_each_row_narrows_from_views_to_purchases(serve_at, unmasked):
    found = rows(serve_at(FAR, world=unmasked), groupBy="CAMPAIGN")
    assert found
    for row in found:
        steps = [
            int(row[f"attributed{name}14d"])
            for name in ("TotalDetailPageViewsClicks", "TotalAddToCartClicks", "TotalPurchases")
        ]
        assert steps == sorted(steps, reverse=True)


def test_nothing_is_reported_before_its_delay(serve_at):
    servers = serve_at("2026-11-05T12:00:00")
    found = rows(servers, groupBy="CAMPAIGN")
    assert found
    assert max(row["date"] for row in found) <= "20261104"


@pytest.mark.parametrize(
    "change",
    [
        {"groupBy": "ORDER"},
        {"reportType": "MAGIC"},
        {"startDate": "2026-09-07"},
        {"startDate": "20260931"},
        {"startDate": "20250101"},
        {"startDate": "20261205", "endDate": "20260907"},
        {"reportType": "PRODUCTS", "startDate": "20260801"},
        {"metrics": "Click-throughs,brb_bonus_amount"},
        {"metrics": "magic"},
        {"metrics": ["magic"]},
        {"metrics": 7},
        {"reportType": "PRODUCTS", "metrics": "Click-throughs"},
        {"reportType": ["PRODUCTS"]},
        {"groupBy": {}},
        {"advertiserIds": "1"},
        {"count": True},
        {"count": 5001},
        {"cursorId": 7},
        {"count": 0},
        {"count": "10"},
        {"cursorId": "2"},
        {"cursorId": '{"page":1}'},
    ],
)
def test_a_bad_request_gets_400_with_its_status_as_text(serve_at, change):
    answer = ask(serve_at(FAR), **change)
    assert answer.status_code == 400
    assert_same_shape(answer.json(), sample("attribution_error_400"))
    assert answer.json()["code"] == "400"


def test_only_the_metrics_asked_for_come_back(serve_at):
    row = rows(serve_at(FAR), groupBy="CAMPAIGN", metrics="Click-throughs,totalUnitsSold14d")[0]
    assert set(row) == {"date", "advertiserName", "campaignId", "Click-throughs", "totalUnitsSold14d"}


def test_a_profile_that_is_not_ours_gets_403(serve_at):
    answer = ask(serve_at(FAR), "1")
    assert (answer.status_code, answer.json()) == (403, sample("attribution_error_403_not_eligible"))


def test_an_expired_token_gets_401(serve_at):
    servers = serve_at(FAR)
    headers = servers.ads_headers()
    assert servers.api.get("/v2/profiles", headers=headers).status_code == 200
    servers.ticker.seconds += 3600
    assert servers.api.get("/v2/profiles", headers=headers).status_code == 401


def test_a_burst_gets_429_with_a_time_to_wait(serve_at):
    servers = serve_at(FAR, is_throttled=True)
    answers = [ask(servers) for _ in range(6)]
    assert answers[0].status_code == 200
    assert (answers[-1].status_code, answers[-1].json()) == (429, sample("attribution_error_429"))
    servers.ticker.seconds += float(answers[-1].headers["Retry-After"])
    assert ask(servers).status_code == 200


def test_a_bonus_of_about_a_tenth_comes_to_those_who_ask(serve_at, unmasked):
    """For campaigns and ad groups, and not where the brand has not enrolled."""
    wanted = {"groupBy": "ADGROUP", "metrics": f"{SALES},{BONUS}"}
    servers = serve_at(FAR, world=unmasked)
    found = [row for profile in (US, UK, FR) for row in rows(servers, profile, **wanted)]
    assert 0.05 < total(found, BONUS) / total(found, SALES) < 0.13
    assert rows(servers, DE, **wanted)
    assert all(BONUS not in row for row in rows(servers, DE, **wanted))


def test_products_are_cut_to_the_best_of_each_campaign(serve_at, unmasked, monkeypatch):
    servers = serve_at(FAR, world=unmasked)
    whole = rows(servers, reportType="PRODUCTS")
    monkeypatch.setattr(attribution, "TOP_PRODUCTS", 2)
    best = rows(servers, reportType="PRODUCTS")
    assert [row for row in whole if row in best] == best
    sales = {}
    for row in whole:
        products = sales.setdefault(row["campaignId"], Counter())
        products[row["productAsin"]] += total([row], *_PRODUCT_SALES)
    for campaign, products in sales.items():
        kept = {row["productAsin"] for row in best if row["campaignId"] == campaign}
        assert len(kept) == 2
        assert sorted(products[asin] for asin in kept) == sorted(products.values())[-2:]


def test_the_advertiser_of_the_profile_is_all_there_is_to_choose(serve_at):
    servers = serve_at(FAR)
    ids = {}
    for profile in PROFILES:
        answer = servers.api.get("/attribution/advertisers", headers=servers.ads_headers(profile)).json()
        ids[profile] = answer["advertisers"][0]["advertiserId"]
    assert len(set(ids.values())) == len(PROFILES)
    assert rows(servers, advertiserIds=ids[US]) == rows(servers)
    assert ask(servers, advertiserIds=f"{ids[US]},{ids[UK]}").status_code == 400


@pytest.mark.parametrize(("kind", "publishers", "name"), [
    ("macroTag", {"publisherIds": "1"}, "attribution_tags_macroTag"),
    ("nonMacroTemplateTag", {"publisherIds": "12"}, "attribution_tags_nonMacroTemplateTag"),
])  # fmt: skip
def test_tags_read_as_documented(serve_at, kind, publishers, name):
    servers = serve_at(FAR)
    answer = servers.api.get(f"/attribution/tags/{kind}", params=publishers, headers=servers.ads_headers()).json()
    # The documented profile is another one.
    text = str(sample(name)).replace("581234567890", US)
    assert str(answer) == text


@pytest.mark.parametrize(
    "query", ["publisherIds=1&publisherIds=2", "publisherIds=1,2", "publisherIds=1,2&advertiserIds="]
)
def test_publishers_may_be_repeated_or_comma_joined(serve_at, query):
    servers = serve_at(FAR)
    answer = servers.api.get(f"/attribution/tags/macroTag?{query}", headers=servers.ads_headers()).json()
    (tags,) = answer["advertiserAttributionTagMap"].values()
    assert set(tags) == {"1", "2"}


@pytest.mark.parametrize("query", ["", "publisherIds=12", "publisherIds=1,99", "publisherIds=1&advertiserIds=7"])
def test_a_tag_that_cannot_be_made_gets_400(serve_at, query):
    servers = serve_at(FAR)
    answer = servers.api.get(f"/attribution/tags/macroTag?{query}", headers=servers.ads_headers())
    assert (answer.status_code, answer.json()["code"]) == (400, "400")


def test_a_profile_where_attribution_is_not_offered_is_refused():
    with pytest.raises(Refused) as refused:
        attribution._eligible(Call(None, b"", JAPAN))
    assert (refused.value.status, refused.value.reason) == (403, attribution.NOT_ELIGIBLE)


def test_one_profile_can_be_read_alone(serve_at):
    servers = serve_at(FAR)
    everything = servers.api.get(
        "/v2/profiles?apiProgram=report&accessLevel=view", headers=servers.ads_headers()
    ).json()
    assert [str(profile["profileId"]) for profile in everything] == list(PROFILES)
    one = servers.api.get(f"/v2/profiles/{UK}", headers=servers.ads_headers())
    assert one.json() == everything[1]
    assert servers.api.get("/v2/profiles/1", headers=servers.ads_headers()).status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 5000, b'{"startDate": "20260907"'])
def test_a_body_that_is_no_request_gets_400(serve_at, body):
    servers = serve_at(FAR)
    answer = servers.api.post("/attribution/report", content=body, headers=servers.ads_headers())
    assert (answer.status_code, answer.json()["code"]) == (400, "400")


def test_reports_asked_for_at_the_same_moment_are_what_they_are_alone(serve_at, unmasked):
    servers = serve_at(FAR, world=unmasked)
    choices = [{"groupBy": "ADGROUP", "metrics": name} for name in (PURCHASES, SALES, "Click-throughs", BONUS)] * 4
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda change: rows(servers, **change), choices))
    alone = serve_at(FAR, world=unmasked)
    assert together == [rows(alone, **change) for change in choices]
