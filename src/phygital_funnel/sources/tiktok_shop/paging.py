"""Reads listings to their end without losing what moves meanwhile; every page can be the first of a new attempt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from phygital_funnel.sources.stream import Page, Window
from phygital_funnel.sources.tiktok_shop.listing import Asked, Found, PageReader, Span
from phygital_funnel.sources.tiktok_shop.requests import Listing
from phygital_funnel.sources.tiktok_shop.rows import Object

Pages = Callable[[Any], Iterator[Page]]
CHANCE = 9
"""So many rows in no order may happen to stand newest first; ten do so once in three million pages."""


@dataclass(frozen=True)
class _Place:
    """How far a listing in order of its last change has been read.

    Args:
        since: the newest time that was read, in seconds since 1970.
        seen: ids that were read of that second.
        token: of the next page, when a page held nothing but that second.
        skipped: objects that pages brought since ``since`` stood still.
        announced: objects that the first page announced.
        received: objects read.
        page: pages read.
    """

    since: int
    seen: tuple[str, ...] = ()
    token: str = ""
    skipped: int = 0
    announced: int = 0
    received: int = 0
    page: int = 0


def by_time(reader: PageReader, listing: Listing, window: Window) -> Pages:
    """In order of the last change, each page asking on from the newest change that was read.

    An object that changes meanwhile moves to the end, and so comes once more instead of pulling others over a page's
    edge: with page numbers, or tokens that count, the object after the edge would be skipped.
    """
    whole = _seconds(window)

    def pages(cursor: Any) -> Iterator[Page]:
        place = _Place(**{**cursor, "seen": tuple(cursor["seen"])}) if cursor else _Place(whole.start)
        is_last = False
        while not is_last:
            found = reader.read(Asked(place.page + 1, Span(place.since, whole.end), place.token, place.skipped))
            fresh = [entry for entry in found.objects if entry[listing.id] not in place.seen]
            _check_progress(reader, listing, place, found, fresh)
            place = _after(reader, listing, place, found, len(fresh))
            is_last = not found.token
            yield Page(reader.rows.of(fresh, place.page), found.request_id, None if is_last else vars(place))
        _check_all_came(reader, place, whole)

    return pages


def _check_progress(reader: PageReader, listing: Listing, place: _Place, found: Found, fresh: list[Object]) -> None:
    number = place.page + 1
    if not found.token:
        return
    if place.token and not fresh:
        raise reader.truncated(f"page {number} repeats earlier pages", found.request_id)
    moments = [reader.moment(entry, number) for entry in fresh]
    # A page in no order at all does no harm; newest first means that the order asked for is ignored.
    if len(set(moments)) > CHANCE and moments == sorted(moments, reverse=True):
        raise reader.truncated(
            f"page {number} comes newest first although the oldest {listing.time} was to come first, "
            "so that changes would be lost",
            found.request_id,
        )


def _after(reader: PageReader, listing: Listing, place: _Place, found: Found, fresh: int) -> _Place:
    """Where the next page begins."""
    read = replace(
        place,
        announced=place.announced if place.page else found.total,
        received=place.received + fresh,
        page=place.page + 1,
    )
    moments = {entry[listing.id]: reader.moment(entry, read.page) for entry in found.objects}
    newest = max(moments.values(), default=place.since)
    of_newest = tuple(name for name, moment in moments.items() if moment == newest)
    if newest > place.since:
        return replace(read, since=newest, seen=of_newest, token="", skipped=0)
    seen = tuple(dict.fromkeys((*place.seen, *of_newest)))
    return replace(read, seen=seen, token=found.token, skipped=place.skipped + len(found.objects))


def _check_all_came(reader: PageReader, place: _Place, whole: Span) -> None:
    if place.received >= place.announced:
        return
    # Fewer than at first is right when some have changed since and so left the span: a later window brings them.
    still = reader.read(Asked(place.page + 1, whole), size=1).total
    if place.received < still:
        raise reader.truncated(f"{still} changes are announced and {place.received} came")


@dataclass(frozen=True)
class _Mark:
    """How far a listing has been read by tokens.

    Args:
        week: number of the week in the window.
        token: of the next page of that week.
        received: objects read of that week.
        announced: objects that the week's first page announced.
        page: pages read.
    """

    week: int = 0
    token: str = ""
    received: int = 0
    announced: int | None = None
    page: int = 0


def by_token(reader: PageReader, listing: Listing, window: Window | None) -> Pages:
    """By the platform's tokens; with a window week by week, because what lies in a week that is over does not move."""
    weeks: list[Window | None] = list(window.split(7)) if window else [None]

    def pages(cursor: Any) -> Iterator[Page]:
        mark = _Mark(**cursor) if cursor else _Mark()
        seen: set[str] = set()
        while mark.week < len(weeks):
            week = weeks[mark.week]
            span = _seconds(week) if week else None
            found = reader.read(Asked(mark.page + 1, span, mark.token, mark.received, seen, mark.announced))
            fresh = [entry for entry in found.objects if entry[listing.id] not in seen]
            seen.update(entry[listing.id] for entry in fresh)
            mark = _marked(reader, listing, mark, found, len(fresh))
            is_last = mark.week == len(weeks)
            yield Page(reader.rows.of(fresh, mark.page), found.request_id, None if is_last else vars(mark))

    return pages


def _marked(reader: PageReader, listing: Listing, mark: _Mark, found: Found, fresh: int) -> _Mark:
    """Where the next page begins."""
    page, received = mark.page + 1, mark.received + fresh
    announced = found.total if mark.announced is None else mark.announced
    if found.token:
        if not fresh:
            raise reader.truncated(f"page {page} repeats earlier pages", found.request_id)
        return _Mark(mark.week, found.token, received, announced, page)
    if received < announced:
        raise reader.truncated(
            f"page {page} is the last, {announced} {listing.objects} were announced and {received} came",
            found.request_id,
        )
    return _Mark(mark.week + 1, page=page)


def _seconds(window: Window) -> Span:
    """The window's whole days in UTC."""
    start, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (window.start, window.end))
    return Span(int(start.timestamp()), int((last + timedelta(days=1)).timestamp()))
