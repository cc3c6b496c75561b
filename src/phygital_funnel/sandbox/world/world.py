"""The world as a whole: every process run in order, and the tables of the fixed schema."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world import baskets, content, delivery, demand
from phygital_funnel.sandbox.world.demand import Causes
from phygital_funnel.sandbox.world.people import people as draw_people
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.sizes import Size, size_named

TABLES = (
    "people", "creators", "videos", "ads", "exposures", "clicks", "orders", "order_lines", "refunds", "registrations",
    "truth_order_cause",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A simulated world.

    Args:
        size: how large it is and when it happens.
        seed: with the size it determines every value.
        tables: the fixed schema; times are UTC microseconds, money is integer minor units.
    """

    size: Size
    seed: int
    tables: Mapping[str, pa.Table]

    def __getitem__(self, name: str) -> pa.Table:
        return self.tables[name]

    def digest(self) -> str:
        """SHA-256 over all tables: equal digests mean equal worlds."""
        total = hashlib.sha256()
        for name in TABLES:
            sink = pa.BufferOutputStream()
            table = self.tables[name].combine_chunks()
            with pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
            total.update(name.encode() + sink.getvalue())
        return total.hexdigest()


def generate(size: Size | str, seed: int) -> World:
    """The world of a size and a seed; the same arguments always give the same world.

    Raises:
        ConfigError: no size has that name.
    """
    chosen = size_named(size) if isinstance(size, str) else size
    randomness = Randomness(seed)
    people = draw_people(chosen, randomness)
    creators = content.creators(chosen, randomness)
    videos = content.videos(chosen, creators, randomness)
    ads = content.ads(chosen, videos, randomness)
    exposures = delivery.exposures(chosen, people, videos, ads, randomness)
    clicks = delivery.clicks(chosen, people, videos, ads, exposures, randomness)
    cause = demand.causes(chosen, people, exposures, clicks, randomness)
    truth = demand.truth_order_cause(cause, [""] * len(cause.person), exposures, videos)
    orders = demand.orders(chosen, cause, people, creators, truth, randomness)
    truth = truth.set_column(0, "order_id", orders["order_id"])
    lines = baskets.order_lines(orders, _shown(cause, exposures, ads, videos), randomness)
    tables = {
        "people": people,
        "creators": creators,
        "videos": videos,
        "ads": ads,
        "exposures": exposures,
        "clicks": clicks,
        "orders": orders,
        "order_lines": lines,
        "refunds": baskets.refunds(orders, lines, randomness),
        "registrations": baskets.registrations(orders, people, randomness),
        "truth_order_cause": truth,
    }
    return World(chosen, seed, tables)


def _shown(cause: Causes, exposures: pa.Table, ads: pa.Table, videos: pa.Table) -> list[str | None]:
    """Per order the ASIN its causing exposure promoted: the ad's, else the video's."""
    ad, video = delivery.codes_of(exposures["ad_id"]), delivery.codes_of(exposures["video_id"])
    ad_asins, video_asins = ads["asin"].to_pylist(), videos["asin"].to_pylist()
    rows = np.asarray(cause.exposure)
    return [
        None if row < 0 else (ad_asins[ad[row]] if ad[row] >= 0 else video_asins[video[row]]) for row in rows.tolist()
    ]
