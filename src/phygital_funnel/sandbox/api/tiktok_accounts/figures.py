"""What every post and account had gathered by the end of each UTC day, computed once for the whole world.

A post's counters hold organic views and those of the Spark ads that show it, as TikTok's do; ads that only borrow its
video are not counted.
"""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.times import DAY, HOUR, Ints

RETENTION_SECONDS = 61
ENGAGEMENTS = {
    "likes": "like",
    "comments": "comment",
    "shares": "share",
    "new_followers": "follow",
    "profile_views": "profile_visit",
}
"""TikTok's counter of each engagement of the world."""


class Figures:
    """Sums of a world's views by post and day, and by account and day.

    Days count from ``first_day``. ``totals[name][post, n]`` is what a post had before day ``first_day + n``.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        videos = world["videos"]
        exposures = world["exposures"]
        self.posts = videos.num_rows
        self.creator_ids: list[str] = world["creators"]["creator_id"].to_pylist()
        self.creator: Ints = rows_in(videos["creator_id"], world["creators"]["creator_id"])
        """Row of each post's creator."""
        video = rows_in(exposures["video_id"], videos["video_id"])
        watched = exposures["watch_ms"].to_numpy()
        self._rows: Ints = np.flatnonzero((video >= 0) & (watched > 0) & _is_of_the_post(world))
        self._video = video[self._rows]
        self._watched: Ints = watched[self._rows].astype(np.int64)
        self._moments = micros_of(exposures["occurred_at"])[self._rows]
        days = self._moments // DAY
        self.first_day = int(days.min()) if len(days) else 0
        self.days = int(days.max()) - self.first_day + 1 if len(days) else 0
        self._day = days - self.first_day
        self._cell = self._video * self.days + self._day
        self.totals = {name: self._before_each_day(values) for name, values in self._measures().items()}

    def _measures(self) -> dict[str, npt.NDArray[Any]]:
        """Per view how much it adds to each counter."""
        exposures = self._world["exposures"]
        duration = self._world["videos"]["duration_ms"].to_numpy()[self._video]
        engagement = exposures["engagement"].take(pa.array(self._rows))
        return {
            "views": np.ones(len(self._rows)),
            "watch_ms": self._watched,
            "full_views": self._watched >= duration,
            "reach": self._is_first(self._video),
            **{name: np.asarray(pc.equal(engagement, kind)) for name, kind in ENGAGEMENTS.items()},
        }

    def _is_first(self, group: Ints) -> npt.NDArray[np.bool_]:
        """Whether a view is the first of its person in its group, by days; the group and person make one number."""
        person = self._people
        key = (group * (int(person.max(initial=0)) + 1) + person) * max(1, self.days) + self._day
        order = np.argsort(key, kind="stable")
        pairs = key[order] // max(1, self.days)
        is_first = np.zeros(len(group), dtype=bool)
        is_first[order[np.r_[True, pairs[1:] != pairs[:-1]][: len(order)]]] = True
        return is_first

    @cached_property
    def _people(self) -> Ints:
        person: Ints = self._world["exposures"]["person_id"].to_numpy()[self._rows].astype(np.int64)
        return person

    def _before_each_day(self, values: npt.NDArray[Any]) -> Ints:
        sums = np.bincount(self._cell, weights=values, minlength=self.posts * self.days)
        totals = np.zeros((self.posts, self.days + 1), dtype=np.int64)
        totals[:, 1:] = np.cumsum(np.rint(sums).astype(np.int64).reshape(self.posts, self.days), axis=1)
        return totals

    @cached_property
    def _seconds(self) -> npt.NDArray[np.int32]:
        """Views by post, day and the whole second in which they ended."""
        last = np.minimum(self._watched // 1000, RETENTION_SECONDS - 1)
        return self._by_cell(self._cell, last, self.posts, RETENTION_SECONDS)

    @cached_property
    def _countries(self) -> npt.NDArray[np.int32]:
        """Views by post, day and the position of the viewer's market."""
        markets = pa.array([market.code for market in self._world.markets])
        market = rows_in(self._world["people"]["market"], markets)[self._people]
        return self._by_cell(self._cell, market, self.posts, len(markets))

    @cached_property
    def _hours(self) -> npt.NDArray[np.int32]:
        """Views by account, day and hour."""
        return self._by_cell(self._account_cell, self._moments // HOUR % 24, len(self.creator_ids), 24)

    @cached_property
    def _account_cell(self) -> Ints:
        cells: Ints = self.creator[self._video] * self.days + self._day
        return cells

    def _by_cell(self, cell: Ints, kind: Ints, groups: int, kinds: int) -> npt.NDArray[np.int32]:
        counts = np.bincount(cell * kinds + kind, minlength=groups * self.days * kinds).astype(np.int32)
        return counts.reshape(groups, self.days, kinds)

    def retention(self, post: int, days: int) -> Ints:
        """Per second how many views of a post lasted at least so long, of its views on the first ``days`` days."""
        ended = self._seconds[post, :days].sum(axis=0)
        lasting: Ints = ended[::-1].cumsum()[::-1].astype(np.int64)
        return lasting

    def viewers(self, post: int, days: int) -> Ints:
        """Views of a post per market of the world, on the first ``days`` days."""
        viewers: Ints = self._countries[post, :days].sum(axis=0).astype(np.int64)
        return viewers

    def activity(self, creator: int, day: int) -> Ints:
        """Views of an account's posts per UTC hour of a day, counted from the first."""
        views: Ints = self._hours[creator, day].astype(np.int64)
        return views

    @cached_property
    def by_account(self) -> dict[str, Ints]:
        """Counters by account and day: those of its posts, its viewers, and the clicks on its links."""
        daily = {name: self._of_accounts(np.diff(totals, axis=1)) for name, totals in self.totals.items()}
        people = np.unique(self._account_cell * (int(self._people.max(initial=0)) + 1) + self._people)
        cells = people // (int(self._people.max(initial=0)) + 1)
        shape = (len(self.creator_ids), self.days)
        daily["unique_views"] = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
        daily["clicks"] = self._organic_clicks()
        return daily

    def _of_accounts(self, by_post: Ints) -> Ints:
        sums = np.zeros((len(self.creator_ids), self.days), dtype=np.int64)
        np.add.at(sums, self.creator, by_post)
        return sums

    def _organic_clicks(self) -> Ints:
        clicks = self._world["clicks"]
        creator = rows_in(clicks["creator_id"], self._world["creators"]["creator_id"])
        day = micros_of(clicks["clicked_at"]) // DAY - self.first_day
        is_paid = clicks["is_paid"].to_numpy(zero_copy_only=False) if clicks.num_rows else np.zeros(0, dtype=bool)
        counted = (creator >= 0) & ~is_paid & (day >= 0) & (day < self.days)
        cells = creator[counted] * self.days + day[counted]
        shape = (len(self.creator_ids), self.days)
        return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)


def _is_of_the_post(world: World) -> npt.NDArray[np.bool_]:
    """Which exposures count for the post they show: the feed's, and the Spark ads'."""
    exposures, ads = world["exposures"], world["ads"]
    ad = rows_in(exposures["ad_id"], ads["ad_id"])
    is_spark = np.append(ads["is_spark"].to_numpy(zero_copy_only=False), True)
    # The last entry, which -1 points at, stands for exposures without an ad.
    spark: npt.NDArray[np.bool_] = is_spark[ad]
    return spark


def rows_in(column: pa.ChunkedArray, keys: pa.ChunkedArray | pa.Array) -> Ints:
    """Row number of each of a column's labels among the keys; -1 for NULL and for labels that are none of them."""
    names = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        return _found(array, names)
    of_label = np.append(_found(array.dictionary, names), -1)
    codes = pc.fill_null(array.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    rows: Ints = of_label[codes]
    return rows


def _found(labels: pa.Array, keys: pa.Array) -> Ints:
    plain = keys.dictionary_decode() if pa.types.is_dictionary(keys.type) else keys
    found = pc.index_in(labels.cast(pa.string()), value_set=plain.cast(pa.string()))
    rows: Ints = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows


def micros_of(column: pa.ChunkedArray) -> Ints:
    """Microseconds since 1970 of a time column without NULLs."""
    moments: Ints = column.cast(pa.int64()).to_numpy()
    return moments
