"""Clicks that left the feed: to Amazon through the brand's link redirector, or to the product's page on the Shop."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.ads import ADS_PER_SET, AMAZON_ADS_PER_SET, DEEP_LINK_PLACES, SHOP
from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import Flags, Floats, codes_of, hex_texts, rows_in, texts, timestamps
from phygital_funnel.sandbox.world.delivery import Delivered
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.people import IOS, IOS_SHARE
from phygital_funnel.sandbox.world.sampling import order_by
from phygital_funnel.sandbox.world.times import DAY, SECOND, Ints

TTCLID_SURVIVAL = 0.85
LANDED_RATE, CARTED_RATE, HALO_VIEW_RATE = 0.92, 0.23, 0.22
"""Share of clicks that reach the product's page, of those that put it into the cart without buying on Amazon, and of
those that look at another product of the brand. With the buyers a quarter of the landed clicks fill a cart."""
CART_LIFE = 90 * DAY
"""A cart that became an order was filled at the click, unless the order came later than this."""
EDITED_RATE, WRONG_TAG_RATE, BOTH_TAGS_RATE = 0.02, 0.01, 0.005
"""Misused links: edited ones lose the tag, some carry the tag of another ad, some an affiliate's tag beside ours."""
SYSTEM_GAP, DEEP_LINK_GAP = 0.4, 0.6
"""How much more often tags survive on Android, and in deep links, per unit of what keeps the mean from 0 or 1."""
SHOP_SHARE_FEED, SHOP_SHARE_LIVE = 0.5, 0.9
"""Share of clicks on posts and in LIVE sessions that lead to the Shop where Amazon sells too."""
_PLACEMENTS = ("PLACEMENT_TIKTOK", "bio", "live")


@dataclass(frozen=True)
class Source:
    """What the exposures of a world showed, by row number.

    Args:
        people: for market, system and visitor id.
        market: number of each person's market.
        last_video: number of posts; content from there on are LIVE sessions.
        product: product number each ad, and each content, shows.
        creator: creator row of each content.
    """

    people: pa.Table
    market: Ints
    last_video: int
    ad_product: Ints
    content_product: Ints
    creator: Ints

    def product(self, ad: Ints, content: Ints) -> Ints:
        """The product shown: the ad's, else the post's or the session's."""
        shown: Ints = np.where(ad >= 0, self.ad_product[ad], self.content_product[content])
        return shown


def source(design: Design, tables: dict[str, pa.Table]) -> Source:
    """Look-ups over the people, ads, videos, LIVE sessions and creators of a world."""
    asins = [product.asin for product in PRODUCTS]
    videos, lives = tables["videos"], tables["live_sessions"]
    creators = tables["creators"]["creator_id"].to_pylist()
    return Source(
        people=tables["people"],
        market=codes_of(tables["people"]["market"]),
        last_video=videos.num_rows,
        ad_product=rows_in(tables["ads"]["asin"], asins),
        content_product=np.append(rows_in(videos["asin"], asins), rows_in(lives["asin"], asins)),
        creator=np.append(rows_in(videos["creator_id"], creators), rows_in(lives["creator_id"], creators)),
    )


@dataclass(frozen=True)
class Clicks:
    """The clicks in order of time: exposure number, moment in microseconds, and whether they lead to the Shop."""

    exposure: Ints
    clicked_at: Ints
    to_shop: Flags

    def rows_of(self, exposures: Ints) -> Ints:
        """The click of each exposure, -1 for none. Clicks are in order of their own time, not of their exposures'."""
        if not len(self.exposure):
            return np.full(len(exposures), -1)
        by_exposure = order_by(self.exposure)
        place = np.searchsorted(self.exposure[by_exposure], exposures)
        click = by_exposure[np.minimum(place, len(by_exposure) - 1)]
        return np.where(self.exposure[click] == exposures, click, -1)


@dataclass(frozen=True)
class Purchases:
    """Amazon orders that exposures caused: number of the exposure, and moment in microseconds."""

    exposure: Ints
    purchased_at: Ints


def draw_clicks(design: Design, made: Delivered, ads: pa.Table, known: Source) -> Clicks:
    """When each clicked exposure was clicked, and where the link led."""
    draw = design.randomness.stream("clicks")
    rows = made.clicked
    moment = made.occurred_at[rows] + made.watch_ms[rows].astype(np.int64) * 1000
    moment += draw.integers(SECOND // 5, 3 * SECOND, len(rows))
    ad, content = made.ad[rows].astype(np.int64), made.content[rows]
    ad_to_shop = np.array([name == SHOP for name in ads["destination"].to_pylist()])
    share = np.where(content >= known.last_video, SHOP_SHARE_LIVE, SHOP_SHARE_FEED)
    market = known.market[made.person[rows]]
    has_amazon = np.array([market.has_amazon for market in design.markets])[market]
    is_open = moment >= design.shop_openings[market]
    to_shop = np.where(ad >= 0, ad_to_shop[ad], ((draw.random(len(rows)) < share) & is_open) | ~has_amazon)
    order = order_by(moment - design.start)
    return Clicks(rows[order], moment[order], to_shop[order])


def click_table(
    design: Design, made: Delivered, chosen: Clicks, tables: dict[str, pa.Table], known: Source, bought: Purchases
) -> pa.Table:
    """One row per click, in order of time. Only those that lead to Amazon passed the redirector and can carry a tag.

    Args:
        design: what determines the world.
        made: the exposures.
        chosen: the clicks.
        tables: ads, videos, live_sessions and creators.
        known: what exposures showed.
        bought: orders on Amazon, whose clicks had landed and filled a cart.
    """
    draw = design.randomness.stream("click details")
    rows, count = chosen.exposure, len(chosen.exposure)
    ad, content, person = made.ad[rows].astype(np.int64), made.content[rows].astype(np.int64), made.person[rows]
    is_paid, is_live = ad >= 0, content >= known.last_video
    redirected = is_paid & ~chosen.to_shop
    tail = draw.integers(0, 2**40, count)
    has_ttclid = redirected & (draw.random(count) < TTCLID_SURVIVAL)
    is_purchase = _led_to_purchase(chosen, bought)
    landed = (draw.random(count) < LANDED_RATE) | is_purchase
    product = known.product(ad, content)
    other = draw.integers(0, len(PRODUCTS), count)
    has_halo = (draw.random(count) < HALO_VIEW_RATE) & landed & (other != product)
    asins = [entry.asin for entry in PRODUCTS]
    tag_ad, has_tag = _tags(design, ad, redirected, codes_of(known.people["os"])[person], draw)
    names = tables["ads"]["ad_id"].to_pylist()
    return pa.table(
        {
            "click_id": hex_texts("ck_", (chosen.clicked_at, 14), (tail, 10)),
            "exposure_id": rows.astype(np.int64),
            "person_id": person,
            "visitor_id": known.people["visitor_id"].take(pa.array(person)),
            "clicked_at": timestamps(chosen.clicked_at),
            "ttclid": pc.if_else(pa.array(has_ttclid), hex_texts(f"E.C.P.sbx{0:07x}", (tail, 16)), None),
            "is_paid": is_paid,
            "ad_id": texts(ad, names),
            "video_id": texts(np.where(is_live, -1, content), tables["videos"]["video_id"].to_pylist()),
            "live_id": texts(content - known.last_video, tables["live_sessions"]["live_id"].to_pylist()),
            "creator_id": texts(known.creator[content], tables["creators"]["creator_id"].to_pylist()),
            "placement": texts(np.where(is_paid, 0, np.where(is_live, 2, 1)), _PLACEMENTS),
            "destination": texts(chosen.to_shop.astype(np.int64), ("amazon", SHOP)),
            "asin": texts(product, asins),
            "country": texts(known.market[person], [market.country for market in design.markets]),
            "has_tag": has_tag,
            "tag_ad_id": texts(tag_ad, names),
            "has_affiliate_tag": has_tag & (draw.random(count) < BOTH_TAGS_RATE * design.scenario.link_misuse),
            "landed": landed,
            "carted": landed & (is_purchase | (draw.random(count) < CARTED_RATE)),
            "halo_asin": texts(np.where(has_halo, other, -1), asins),
        }
    )


def _led_to_purchase(chosen: Clicks, bought: Purchases) -> Flags:
    click = chosen.rows_of(bought.exposure)
    is_clicked = click >= 0
    click, purchased_at = click[is_clicked], bought.purchased_at[is_clicked]
    led = np.zeros(len(chosen.exposure), dtype=bool)
    led[click[purchased_at - chosen.clicked_at[click] <= CART_LIFE]] = True
    return led & ~chosen.to_shop


def _tags(design: Design, ad: Ints, redirected: Flags, system: Ints, draw: np.random.Generator) -> tuple[Ints, Flags]:
    """The ad each link's tag names (-1 for none), and whether the tag reached Amazon."""
    misuse, count = design.scenario.link_misuse, len(ad)
    tag_ad = np.where(redirected, ad, -1)
    is_wrong = redirected & (draw.random(count) < WRONG_TAG_RATE * misuse)
    tag_ad = np.where(is_wrong, _neighbour(ad, draw.integers(1, AMAZON_ADS_PER_SET, count)), tag_ad)
    is_edited = draw.random(count) < EDITED_RATE * misuse
    tag_ad = np.where(is_edited, -1, tag_ad)
    is_deep = np.isin(ad % ADS_PER_SET, DEEP_LINK_PLACES)
    survives = draw.random(count) < _survival(design.scenario.tag_survival)[system, is_deep.astype(np.int64)]
    return tag_ad, redirected & ~is_edited & survives


def _neighbour(ad: Ints, steps: Ints) -> Ints:
    """Another ad of the same set that leads to Amazon too; ``steps`` says which."""
    place = ad % ADS_PER_SET
    neighbour: Ints = ad - place + (place + steps) % AMAZON_ADS_PER_SET
    return neighbour


def _survival(mean: float) -> Floats:
    """Chance that a tag survives, by operating system and by whether the link opens Amazon's app.

    iOS opens more links in places that drop it; a deep link is 0.3 better than another in the base world.
    """
    room = min(mean, 1 - mean)
    by_system = np.empty(2)
    by_system[IOS], by_system[1 - IOS] = -SYSTEM_GAP * room * (1 - IOS_SHARE), SYSTEM_GAP * room * IOS_SHARE
    deep_share = len(DEEP_LINK_PLACES) / AMAZON_ADS_PER_SET
    by_link = DEEP_LINK_GAP * room * np.array([-deep_share, 1 - deep_share])
    rates: Floats = mean + by_system[:, None] + by_link
    return rates
