"""Landed rows of a small world in pandas, and which order lines something links to TikTok."""

from typing import Any

import duckdb
import pandas as pd

from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Coverage

CLICK_DAYS = 14
COVERAGE = {stream.relation: stream.coverage for stream in all_streams()}
DATES = ("stat_time_day", "stat_time_hour", "date", "snapshot_date", "create_date", "start_date")
Rows = list[tuple[Any, ...]]


class Landed:
    """The landed rows of one small world, and the lines of its order ledger.

    Args:
        build: a connection to the build database; only ``raw`` is read.
        release: a connection to the release; only the lines of the order ledger are read.
    """

    def __init__(self, build: duckdb.DuckDBPyConnection, release: duckdb.DuckDBPyConnection) -> None:
        self._build = build
        self.lines = release.execute("from fct_order_lines").df()
        self.order_shares = order_shares(self.lines)
        self.linked = self._linked()

    def rows(self, stream: str) -> pd.DataFrame:
        """What was landed and no later read of its account and part has replaced, each row once."""
        frame = self._build.execute(f"from raw.{stream}").df()
        if COVERAGE[stream] is Coverage.SNAPSHOT:
            frame = frame[frame["_commit"] == frame.groupby(["_account", "_part"])["_commit"].transform("max")]
        elif COVERAGE[stream] is Coverage.WINDOW:
            frame = frame[~self._read_again(stream, frame)]
        return frame[[name for name in frame if not name.startswith("_")]].drop_duplicates()

    def _read_again(self, stream: str, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Rows whose date lies in the window of a later read."""
        source, _, name = stream.partition("__")
        reads = self._build.execute(
            "select account, part, _commit, window_from, window_to from raw.manifests "
            "where source = $1 and stream = $2",
            [source, name],
        ).df()
        known = frame[next(column for column in DATES if column in frame)].str.replace("-", "").str[:8]
        gone = pd.Series(False, index=frame.index)
        for read in reads.itertuples(index=False):
            account, part, commit, first, last = read
            same = (frame["_account"] == account) & (frame["_part"] == part) & (frame["_commit"] < commit)
            gone |= same & (known >= f"{first:%Y%m%d}") & (known <= f"{last:%Y%m%d}")
        return gone

    def _linked(self) -> pd.DataFrame:
        """Line, creator, evidence and age of the click, for every line that something links to TikTok."""
        return pd.concat([self._by_code(), self._by_click(), self._by_affiliate()], ignore_index=True)

    def _by_code(self) -> pd.DataFrame:
        codes = self.rows("reference__promo_codes")
        spans = codes.assign(start=utc(codes["valid_from"]), end=utc(codes["valid_to"]))
        named = self.lines.dropna(subset=["promotion_ids"]).copy()
        named["code"] = named["promotion_ids"].str.split(",")
        named = named.explode("code").assign(code=lambda frame: frame["code"].str.strip().str.upper())
        found = named.merge(spans, on=["code", "market"])
        found = found[(found["start"] <= found["converted_at"]) & (found["converted_at"] < found["end"])]
        once = found[["conversion_id", "creator_id"]].drop_duplicates("conversion_id")
        return once.assign(evidence="promo_code", days=0, content_id=None, campaign_id=None)

    def _by_click(self) -> pd.DataFrame:
        """Last click within the window, for registered orders."""
        shown = self.contents()[["ad_id", "shown"]]
        clicks = self.rows("links__clicks").merge(shown, on="ad_id", how="left")
        clicks = clicks.assign(
            clicked=utc(clicks["clicked_at"]), content_id=clicks["content_id"].fillna(clicks["shown"])
        )
        people = self.rows("links__registrations")
        of_person = people[["person_hash", "visitor_id"]].drop_duplicates().merge(clicks, on="visitor_id")
        orders = people[["amazon_order_id", "person_hash"]].rename(columns={"amazon_order_id": "order_id"})
        found = self.lines.merge(orders, on="order_id").merge(of_person, on="person_hash", suffixes=("", "_of_click"))
        found["days"] = (found["converted_at"] - found["clicked"]) / pd.Timedelta(days=1)
        found = found[(found["days"] >= 0) & (found["days"] < CLICK_DAYS)]
        found = found[~found["conversion_id"].isin(self._by_code()["conversion_id"])]
        last = found.sort_values("clicked").drop_duplicates("conversion_id", keep="last")
        return last[["conversion_id", "creator_id", "content_id", "campaign_id", "days"]].assign(evidence="identity")

    def _by_affiliate(self) -> pd.DataFrame:
        """The Shop's lines are units: the report says how many of an order and product are a creator's."""
        creators = self.rows("reference__creators").assign(handle=lambda frame: frame["handle"].str.lower())
        named = self.rows("tiktok_shop__affiliate_orders")
        named = named.assign(handle=named["creator_username"].str.lower()).merge(creators, on="handle")
        named["units"] = named["quantity"].astype(int)
        units = named.groupby(["order_id", "sku_id", "creator_id"], as_index=False).agg(
            {"units": "sum", "content_id": "max"}
        )
        skus = self.rows("tiktok_shop__orders")[
            ["order_id", "line_item_sku_id", "line_item_seller_sku"]
        ].drop_duplicates()
        found = self.lines[self.lines["platform"] == "tiktok_shop"].merge(
            skus.rename(columns={"line_item_sku_id": "sku_id", "line_item_seller_sku": "sku"}), on=["order_id", "sku"]
        )
        found = found.merge(units, on=["order_id", "sku_id"])
        found["unit"] = found.groupby(["order_id", "sku_id"])["line_ordinal"].rank(method="first")
        found = found[found["unit"] <= found["units"]]
        found = found[["conversion_id", "creator_id", "content_id"]]
        return found.assign(evidence="shop_affiliate", days=0, campaign_id=None)

    def contents(self) -> pd.DataFrame:
        """What each ad shows: a post, or a video that nobody posted."""
        ads = self.rows("tiktok_ads__ads")[["ad_id", "campaign_id", "tiktok_item_id", "video_id"]]
        return ads.assign(shown=ads["tiktok_item_id"].fillna(ads["video_id"]))

    def creators_of_posts(self) -> dict[str, str]:
        """Creator of each post, by the handle of its account."""
        posts = self.rows("tiktok_organic__videos")[["business_id", "item_id"]].drop_duplicates()
        accounts = self.rows("tiktok_organic__account_daily")[["business_id", "username"]].drop_duplicates()
        creators = self.rows("reference__creators")[["creator_id", "handle"]]
        found = posts.merge(accounts, on="business_id").merge(creators, left_on="username", right_on="handle")
        return dict(zip(found["item_id"], found["creator_id"], strict=True))


def order_shares(lines: pd.DataFrame) -> "pd.Series[float]":
    """Which share of its order each line is, by the line's id: products get equal shares, lines of a product too."""
    shares: dict[str, float] = {}
    for _, order in lines.groupby(["platform", "order_id"]):
        products = [rows for _, rows in order.groupby("asin", dropna=False)]
        for rows in products:
            shares.update(dict.fromkeys(rows["conversion_id"], 1 / len(products) / len(rows)))
    return pd.Series(shares)


def utc(texts: "pd.Series[str]") -> Any:
    """Instants without a zone, as the ledger has them."""
    return pd.to_datetime(texts, format="ISO8601", utc=True).dt.tz_localize(None)


def ad_days(landed: Landed) -> pd.DataFrame:
    """The daily reports with what each ad belongs to and shows, and whole minor units."""
    ads = landed.rows("tiktok_ads__ads")[["ad_id", "campaign_id", "tiktok_item_id"]]
    accounts = landed.rows("tiktok_ads__advertisers")[["advertiser_id", "currency", "country"]]
    days = landed.rows("tiktok_ads__ad_report_daily").merge(ads, on="ad_id").merge(accounts, on="advertiser_id")
    days = days.assign(spend_minor=(days["spend"].astype(float) * 100).round(), day=days["stat_time_day"].str[:10])
    return days.assign(clicks=days["clicks"].astype(int), conversion=days["conversion"].astype(int))
