"""Revenue, baskets, creators and content for docs/questions.md, worked out with pandas from the landed rows.

Net amounts of single lines come from the order ledger, which has an oracle of its own; who gets them is found here.
"""

import pandas as pd

from .question_landing import Landed, Rows, ad_days
from .question_tags import credited

REPLICA_DAYS = 7
BANDS = ((1500, "000-015"), (3000, "015-030"), (6000, "030-060"), (12000, "060-120"))


def net_on_amazon(landed: Landed) -> Rows:
    """1: code, click and tag credit of October; all of it has a rate."""
    found = _of_october(landed)
    unconverted = found["net_amount_minor"].notna() & found["net_amount_reporting_minor"].isna()
    return [(int(found["net_amount_reporting_minor"].sum()), "USD", int(unconverted.sum()))]


def _of_october(landed: Landed) -> pd.DataFrame:
    """What ads and creators are credited with of Amazon's orders; a click that names neither is another channel's."""
    found = credited(landed)
    named = found["campaign_id"].notna() | found["creator_id"].notna()
    return found[named & (found["platform"] == "amazon") & (pd.to_datetime(found["event_date_market"]).dt.month == 10)]


def range_of_models(landed: Landed) -> Rows:
    """2: the replica with seven days sees fewer clicks than the house rules; codes and tags count in all."""
    found = _of_october(landed)
    few = found[(found["evidence"] != "identity") | (found["days"] < REPLICA_DAYS)]
    most, least = found["orders"].sum(), few["orders"].sum()
    return [(least, most, few["net_amount_reporting_minor"].sum(), found["net_amount_reporting_minor"].sum())]


def _baskets(landed: Landed) -> pd.DataFrame:
    """Orders by band: what was asked for all lines of an order, less discounts, in euros of its date.

    Nobody knows what cancelled lines were worth.

    The sandbox's prices hold no tax anywhere.
    """
    rates = landed.rows("reference__fx_rates").assign(rate=lambda frame: frame["units_per_eur"].astype(float))
    rates = rates.assign(rate_date=pd.to_datetime(rates["rate_date"])).sort_values("rate_date")
    lines = landed.lines.assign(day=pd.to_datetime(landed.lines["event_date_market"])).sort_values("day")
    lines = pd.merge_asof(
        lines, rates, left_on="day", right_on="rate_date", by="currency", tolerance=pd.Timedelta(days=4)
    )
    lines["rate"] = lines["rate"].where(lines["currency"] != "EUR", 1.0)
    units = lines["currency"].map(lambda currency: {"JPY": 1}.get(currency, 100))
    asked = lines["gross_amount_minor"] - lines["discount_minor"].fillna(0)
    asked = asked.where(lines["conversion_status"] != "cancelled")
    lines["euros"] = asked / units * 100 / lines["rate"]
    worth = lines.groupby(["platform", "order_id"])["euros"].sum(min_count=1)
    lines["band"] = [_band(worth.get(key)) for key in zip(lines["platform"], lines["order_id"], strict=True)]
    placed = lines[lines["platform"] != "events"]
    return placed.assign(
        orders=placed["conversion_id"].map(landed.order_shares),
        is_linked=placed["conversion_id"].isin(landed.linked["conversion_id"]),
    )


def _band(euros: float | None) -> str:
    if euros is None or pd.isna(euros):
        return "unknown"
    return next((name for bound, name in BANDS if euros <= bound), "120-")


def amazon_ahead(landed: Landed) -> Rows:
    """3: per category the first band in which Amazon has at least as many orders."""
    listings = landed.rows("reference__listings")[["market", "sku", "category"]]
    found = _baskets(landed).merge(listings, on=["market", "sku"])
    table = found.pivot_table(
        index=["category", "band"], columns="platform", values="orders", aggfunc="sum", fill_value=0
    )
    ahead = table[(table["amazon"] >= table["tiktok_shop"] - 1e-6)].reset_index()
    ahead = ahead[ahead["band"] != "unknown"]
    return sorted(ahead.groupby("category")["band"].min().items())


def shares_by_band(landed: Landed) -> Rows:
    """4: Amazon's share of all and of the linked orders."""
    answers: Rows = []
    for band, found in _baskets(landed).groupby("band"):
        on_amazon = found["platform"] == "amazon"
        linked = found[found["is_linked"]]
        of_linked = (
            linked[linked["platform"] == "amazon"]["orders"].sum() / linked["orders"].sum() if len(linked) else None
        )
        answers.append((band, found[on_amazon]["orders"].sum() / found["orders"].sum(), of_linked))
    return sorted(answers)


def new_to_the_brand(landed: Landed) -> Rows:
    """16: what Amazon claims for each tag's products, and of buyers new to the brand; no tag is one creator's."""
    rows = landed.rows("amazon_attribution__products")
    names = {
        "claimed": ("attributed_purchases14d", "brand_halo_attributed_purchases14d"),
        "new": ("attributed_new_to_brand_purchases14d", "brand_halo_new_to_brand_purchases14d"),
    }
    for name, columns in names.items():
        rows[name] = sum(rows[column].fillna(0).astype(float) for column in columns)
    sums = rows.groupby("ad_group_id")[["claimed", "new"]].sum()
    return [
        (tag, None, row["claimed"], row["new"], row["new"] / row["claimed"])
        for tag, row in sums.iterrows()
        if row["claimed"]
    ]


def live_sessions(landed: Landed) -> Rows:
    """20: lines of each room, and her linked orders on Amazon until three days after the last of them."""
    units = landed.rows("tiktok_shop__orders")
    units = units[units["line_item_room_id"].fillna("") != ""]
    rooms = units.drop_duplicates(["order_id", "line_item_seller_sku"])[
        ["order_id", "line_item_seller_sku", "line_item_room_id"]
    ]
    sold = landed.lines.merge(rooms, left_on=["order_id", "sku"], right_on=["order_id", "line_item_seller_sku"]).rename(
        columns={"line_item_room_id": "room"}
    )
    shop = landed.linked[landed.linked["evidence"] == "shop_affiliate"][["conversion_id", "creator_id"]]
    sold = sold.merge(shop, on="conversion_id", how="left")
    amazon = credited(landed)
    amazon = amazon[(amazon["platform"] == "amazon") & amazon["is_line"]].dropna(subset=["creator_id"])
    answers: Rows = []
    for (room, market, currency), lines in sold.groupby(["room", "market", "currency"]):
        creators = lines["creator_id"].dropna().unique()
        creator = creators[0] if len(creators) == 1 else None
        until = lines["converted_at"].max() + pd.Timedelta(hours=72)
        tail = amazon[
            (amazon["creator_id"] == creator) & (amazon["market"] == market)
            & (amazon["converted_at"] >= lines["converted_at"].min()) & (amazon["converted_at"] < until)
        ]  # fmt: skip
        money = lines["net_amount_minor"].sum(), tail["orders"].sum(), tail["net_amount_minor"].sum()
        answers.append((room, creator, currency, *money))
    return sorted(answers, key=lambda row: (row[0], row[2]))


def _costs(landed: Landed) -> pd.DataFrame:
    """Per creator and currency: credited net, its fees, commissions (settled, else expected), spend on her posts."""
    creators = landed.rows("reference__creators").assign(key=lambda frame: frame["handle"].str.lower())
    found = credited(landed).dropna(subset=["creator_id"])
    sums = found.groupby(["creator_id", "currency"])[["net_amount_minor", "fee_minor"]].sum()
    net, fees = sums["net_amount_minor"], sums["fee_minor"]
    named = landed.rows("tiktok_shop__affiliate_orders").assign(key=lambda frame: frame["creator_username"].str.lower())
    # The affiliate report may know an order of the last hours before the orders report does.
    named = named[named["order_id"].isin(landed.lines["order_id"])].merge(creators, on="key")
    paid = (
        named["actual_paid_commission_amount"]
        .astype(float)
        .where(named["settlement_status"] == "SETTLED", named["estimated_paid_commission_amount"].astype(float))
    )
    cents = (paid.where(named["settlement_status"] != "INELIGIBLE", 0) * 100).round()
    commission = cents.groupby([named["creator_id"], named["price_currency"].rename("currency")]).sum()
    posts = landed.rows("tiktok_organic__videos")[["business_id", "item_id"]].drop_duplicates()
    owners = landed.rows("tiktok_organic__account_daily")[["business_id", "username"]].drop_duplicates()
    posts = posts.merge(owners, on="business_id").merge(creators, left_on="username", right_on="handle")
    reports = ad_days(landed).merge(posts[["item_id", "creator_id"]], left_on="tiktok_item_id", right_on="item_id")
    spend = reports.groupby(["creator_id", "currency"])["spend_minor"].sum()
    table = pd.concat({"net": net, "fees": fees, "commission": commission, "spend": spend}, axis=1).fillna(0)
    return table.reset_index().merge(creators[["creator_id", "handle"]], on="creator_id")


def contributions(landed: Landed) -> Rows:
    """5: net less fees, commissions and spend; no ad group is one creator's, so none has a bonus."""
    table = _costs(landed)
    table["left"] = table["net"] - table["fees"] - table["commission"] - table["spend"]
    table = table.sort_values(["currency", "left", "handle"], ascending=[True, False, True])
    return [tuple(row) for row in table[["handle", "currency", "left"]].to_numpy()]


def not_paid_back(landed: Landed) -> Rows:
    """6: who costs more than is credited to her."""
    table = _costs(landed)
    table["cost"] = table["commission"] + table["spend"]
    table = table[table["cost"] > table["net"]].sort_values(["creator_id", "currency"])
    return [tuple(row) for row in table[["creator_id", "currency", "cost", "net"]].to_numpy()]


def _by_kind(landed: Landed, found: pd.DataFrame) -> pd.DataFrame:
    """Net, spend and views of content by kind and currency."""
    posts = set(landed.rows("tiktok_organic__videos")["item_id"])
    contents = landed.contents()
    known = posts | set(contents["shown"])
    found = found[found["content_id"].isin(known)]
    net = (
        found["net_amount_minor"].groupby([found["content_id"].isin(posts).rename("is_post"), found["currency"]]).sum()
    )
    days = ad_days(landed).merge(contents[["ad_id", "shown"]], on="ad_id")
    days = days.assign(is_post=days["shown"].isin(posts), views=days["video_watched_6s"].astype(int))
    sums = days.groupby(["is_post", "currency"])[["spend_minor", "views"]].sum()
    return sums.join(net.rename("net"), how="outer").fillna({"net": 0}).reset_index()


def content_that_sells(landed: Landed) -> Rows:
    """7: net per six-second view, of posts and of videos made for ads."""
    table = _by_kind(landed, credited(landed))
    rows = [
        (
            "post" if row.is_post else "ad_video",
            row.currency,
            row.net,
            row.views,
            row.net / row.views if row.views else None,
        )
        for row in table.itertuples()
    ]
    return sorted(rows)


def spark_against_other_ads(landed: Landed) -> Rows:
    """14: net of clicks on ads for their spend."""
    found = credited(landed)
    table = _by_kind(landed, found[found["campaign_id"].notna()])
    rows = [
        ("spark" if row.is_post else "in_feed", row.currency, row.spend_minor, row.net, row.net / row.spend_minor)
        for row in table.itertuples()
    ]
    return sorted(rows)


def views_of_posts(landed: Landed) -> Rows:
    """8: newest views of the most watched posts beside the mean of their creators'."""
    posts = landed.rows("tiktok_organic__videos").assign(views=lambda frame: frame["video_views"].astype(int))
    posts = posts.sort_values("snapshot_date").drop_duplicates("item_id", keep="last")
    handles = landed.rows("tiktok_organic__account_daily")[["business_id", "username"]].drop_duplicates()
    creators = landed.rows("reference__creators")[["creator_id", "handle"]]
    found = posts.merge(handles, on="business_id").merge(creators, left_on="username", right_on="handle")
    found["mean"] = found.groupby("creator_id")["views"].transform("mean")
    top = found.sort_values(["views", "item_id"], ascending=[False, True]).head(20)
    return [tuple(row) for row in top[["item_id", "creator_id", "views", "mean"]].to_numpy()]


def bonus(landed: Landed) -> Rows:
    """17: the bonus by campaigns; nothing is known to be paid."""
    rows = landed.rows("amazon_attribution__performance")
    rows = rows[rows["level"] == "CAMPAIGN"].merge(
        landed.rows("amazon_attribution__profiles"), on="profile_id", suffixes=("", "_")
    )
    cents = (rows["brb_bonus_amount"].fillna("0").astype(float) * 100).round()
    sums = cents.groupby(rows["currency_code"]).sum()
    return [(currency, int(total), None) for currency, total in sorted(sums.items()) if total]
