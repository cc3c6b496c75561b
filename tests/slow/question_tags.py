"""What tags are credited with, for docs/questions.md: the cell engine's oracle on the landed rows of each market."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from itertools import groupby
from typing import Any

import pandas as pd
from tests.dbt.helpers.cell_oracle import Claim, Click, Line, Oracle, World

from .question_landing import Landed, utc

ORDER = 1_000_000
PURCHASES = "attributed_total_purchases14d"
PRODUCT_PURCHASES = ("attributed_purchases14d", "brand_halo_attributed_purchases14d")


@cache
def credited(landed: Landed) -> pd.DataFrame:
    """Linked lines and the lines of tags' cells: who gets which share of the order, of its money and of its fee."""
    linked = landed.linked.assign(micro=ORDER, ends=[(0, ORDER)] * len(landed.linked), is_line=True)
    tagged = pd.DataFrame(_tag_credit(landed)).assign(is_line=False)
    found = pd.concat([linked, tagged], ignore_index=True).merge(_charged(landed), on="conversion_id")
    for name in ("net_amount_minor", "net_amount_reporting_minor", "fee_minor"):
        found[name] = [share(net, *ends) for net, ends in zip(found[name], found["ends"], strict=True)]
    return found.assign(orders=found["micro"] / ORDER * found["conversion_id"].map(landed.order_shares))


def _charged(landed: Landed) -> pd.DataFrame:
    """Lines with their platform's fee: its rate of the order's date, on what is left of the line and of its tax."""
    fees = landed.rows("reference__fees")
    fees = fees[~fees["rate"].str.startswith("-")]
    due = []
    for line in landed.lines.itertuples():
        if line.conversion_status == "cancelled" or pd.isna(line.net_amount_minor):
            due.append(0)
            continue
        day = str(line.event_date_market)[:10]
        held = fees[(fees["market"] == line.market) & (fees["platform"] == line.platform) & (fees["valid_from"] <= day)]
        held = held[held["valid_to"].isna() | (held["valid_to"] > day)]
        due.append(sum(_fee(line, Decimal(fee.rate), fee.base) for fee in held.itertuples()))
    return landed.lines.assign(fee_minor=due)


def _fee(line: Any, rate: Decimal, base: str) -> int:
    net, sale = Decimal(int(line.net_amount_minor)), Decimal(int(line.gross_amount_minor))
    sale -= 0 if pd.isna(line.discount_minor) else int(line.discount_minor)
    tax = Decimal(0)
    if base == "tax_included" and sale > 0 and not pd.isna(line.tax_minor):
        tax = (int(line.tax_minor) * net / sale).quantize(Decimal(1), ROUND_HALF_EVEN)
    return int(((net + tax) * rate).quantize(Decimal(1), ROUND_HALF_EVEN))


def share(net: float, before: int, upto: int) -> int | None:
    """Whole units of the running credit, each the difference of two neighbours."""
    if pd.isna(net):
        return None
    sign, size = (-1 if net < 0 else 1), abs(int(net))
    return sign * (size * upto // ORDER - size * before // ORDER)


def _tag_credit(landed: Landed) -> Iterator[dict[str, Any]]:
    shown = landed.contents().drop_duplicates("ad_id").set_index("ad_id")
    creators = landed.creators_of_posts()
    campaigns = landed.rows("tiktok_ads__ads")[["adgroup_id", "campaign_id"]].drop_duplicates()
    campaign_of = dict(campaigns.itertuples(index=False))
    for world in _worlds(landed):
        given = sorted(Oracle(world).credit().items(), key=lambda row: (row[0][0], row[0][1].encode()))
        for line, rows in groupby(given, key=lambda row: row[0][0]):
            upto = 0
            for (_, key), micro in rows:
                _, ad_group, _, creative = key.split(":")
                content = shown["shown"].get(creative)
                yield {
                    "conversion_id": line, "evidence": "tag", "micro": micro, "ends": (upto, upto + micro), "days": 0,
                    "content_id": content, "campaign_id": campaign_of[ad_group],
                    "creator_id": creators.get(content),
                }  # fmt: skip
                upto += micro


def _worlds(landed: Landed) -> Iterator[World]:
    markets = landed.rows("reference__markets").set_index("marketplace_id")
    people = landed.rows("links__registrations")
    person = dict(people[["amazon_order_id", "person_hash"]].itertuples(index=False))
    codes = landed.linked[landed.linked["evidence"] == "promo_code"].set_index("conversion_id")["creator_id"]
    paths = set(landed.linked[landed.linked["evidence"] == "identity"]["conversion_id"])
    for profile in landed.rows("amazon_attribution__profiles").itertuples():
        market = markets.loc[profile.marketplace_string_id]
        sold = landed.lines[(landed.lines["platform"] == "amazon") & (landed.lines["market"] == market["market"])]
        yield World(
            profile.timezone,
            tuple(
                Line(row.conversion_id, row.order_id, row.asin, row.converted_at.to_pydatetime(), row.conversion_status,
                     None, person.get(row.order_id), row.conversion_id in paths, codes.get(row.conversion_id))
                for row in sold.itertuples()
            ),
            tuple(_claims(landed, profile.profile_id)),
            tuple(_clicks(landed, market["country"])),
            tuple(_creatives(landed, profile.profile_id)),
            _owners(landed),
        )  # fmt: skip


def _claims(landed: Landed, profile: str) -> Iterator[Claim]:
    rows = landed.rows("amazon_attribution__products")
    rows = rows[rows["profile_id"] == profile]
    for name in PRODUCT_PURCHASES:
        rows[name] = rows[name].fillna(0).astype(int)
    for (asin, day, ad_group), (own, halo) in (
        rows.groupby(["product_asin", "date", "ad_group_id"])[list(PRODUCT_PURCHASES)].sum().iterrows()
    ):
        yield Claim(asin, _day(day), ad_group, int(own), int(halo))


def _creatives(landed: Landed, profile: str) -> Iterator[tuple[str, date, str | None, int]]:
    rows = landed.rows("amazon_attribution__performance")
    rows = rows[(rows["profile_id"] == profile) & rows["level"].isin(["ADGROUP", "CREATIVE"])]
    for row in rows.itertuples():
        creative = row.creative_id if row.level == "CREATIVE" else None
        yield row.ad_group_id, _day(row.date), creative, int(getattr(row, PURCHASES))


def _clicks(landed: Landed, country: str) -> Iterator[Click]:
    people = landed.rows("links__registrations")[["visitor_id", "person_hash"]].drop_duplicates()
    clicks = landed.rows("links__clicks").merge(people, on="visitor_id")
    group_of = dict(landed.rows("tiktok_ads__ads")[["ad_id", "adgroup_id"]].itertuples(index=False))
    for row in clicks.assign(at=utc(clicks["clicked_at"])).itertuples():
        yield Click(row.click_id, row.person_hash, row.at.to_pydatetime(), group_of.get(row.ad_id),
                    row.country == country)  # fmt: skip


def _owners(landed: Landed) -> frozenset[tuple[str, str]]:
    """Links of Spark ads name their creator, and codes may name the post that an ad shows."""
    ads = landed.rows("tiktok_ads__ads")[["ad_id", "adgroup_id", "tiktok_item_id"]]
    by_link = landed.rows("links__clicks")[["ad_id", "creator_id"]].dropna().merge(ads, on="ad_id")
    codes = landed.rows("reference__promo_codes")[["content_id", "creator_id"]].dropna()
    by_code = codes.merge(ads, left_on="content_id", right_on="tiktok_item_id")
    pairs = pd.concat([by_link, by_code])[["adgroup_id", "creator_id"]]
    return frozenset(pairs.itertuples(index=False, name=None))


def _day(text: str) -> date:
    return date.fromisoformat(f"{text[:4]}-{text[-4:-2]}-{text[-2:]}")
