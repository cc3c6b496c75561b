"""One page of a listing, checked against what it announces."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from phygital_funnel.errors import TransientSourceError, TruncatedReport
from phygital_funnel.sources.stream import Stream
from phygital_funnel.sources.tiktok_shop.client import TikTokShop
from phygital_funnel.sources.tiktok_shop.requests import Listing
from phygital_funnel.sources.tiktok_shop.rows import Object, Rows

PAGE_SIZE = 100
"""The most that the platform gives."""


@dataclass(frozen=True)
class Span:
    """A half-open range of seconds since 1970."""

    start: int
    end: int


@dataclass(frozen=True)
class Asked:
    """What one page is asked for with.

    Args:
        number: of the page, from 1, for errors.
        span: of the listing's time; None for a listing without one.
        token: of the page; empty for the first one.
        received: objects of this very listing that earlier pages brought.
        seen: their ids, as far as they are known.
        announced: objects that its first page announced; later ones may announce more, which then lie elsewhere.
    """

    number: int
    span: Span | None = None
    token: str = ""
    received: int = 0
    seen: Set[str] = frozenset()
    announced: int | None = None


@dataclass(frozen=True)
class Found:
    """One page that holds what it announces.

    Args:
        objects: those asked for, each once; of two copies the one that changed last.
        total: objects of the whole listing as the platform counts them.
        token: of the next page; empty at the end.
        request_id: the platform's id of the request.
    """

    objects: list[Object]
    total: int
    token: str
    request_id: str


class PageReader:
    """Asks for pages of one shop's stream.

    Args:
        client: of the API.
        stream: what is read.
        shop_id: whose it is.
        page_size: objects to ask for at once.
    """

    def __init__(self, client: TikTokShop, stream: Stream, shop_id: str, page_size: int = PAGE_SIZE) -> None:
        self._client = client
        self._stream = stream
        self._shop_id = shop_id
        self._page_size = page_size
        self._listing: Listing = stream.request
        self.rows = Rows(stream, shop_id)

    def read(self, asked: Asked, size: int = 0) -> Found:
        """One page; a page that holds less than it announces is asked for again.

        Args:
            asked: which one.
            size: objects to ask for, when not as many as usual.

        Raises:
            TruncatedReport: it holds less every time.
            SchemaDrift: the list, an id or a time is missing or of another type.
        """
        query = {"page_size": str(size or self._page_size), **({"page_token": asked.token} if asked.token else {})}
        if self._listing.time == "update_time":
            query |= {"sort_field": "update_time", "sort_order": "ASC"}
        body = {}
        if asked.span is not None:
            body = {f"{self._listing.time}_ge": asked.span.start, f"{self._listing.time}_lt": asked.span.end}

        def check(data: dict[str, Any], request_id: str) -> Found:
            found = self._found(asked, data, request_id)
            self._check_length(asked, found)
            return found

        try:
            return self._client.search(self._listing.path, self._shop_id, query, body, check)
        except _ShortPageError as short:
            raise self.truncated(str(short), short.request_id) from short

    def truncated(self, what: str, request_id: str | None = None) -> TruncatedReport:
        """The error for a listing that does not hold what it announces."""
        return TruncatedReport(
            self._stream.source,
            f"{self._stream.name} of {self._shop_id}, {what}. Nothing was landed: extract again.",
            request_id=request_id,
        )

    def moment(self, found: Object, number: int) -> int:
        """The listing's time of an object, in seconds since 1970."""
        value = found.get(self._listing.time)
        # The year 9999: later times cannot be written as dates.
        if type(value) is not int or not 0 <= value < 253_402_300_800:
            raise self.rows.drift(number, self._listing.time, value, "seconds since 1970")
        return value

    def _found(self, asked: Asked, data: dict[str, Any], request_id: str) -> Found:
        total = data.get("total_count")
        objects = data.get(self._listing.objects)
        if objects is None and not total:  # the platform leaves out a list that is empty
            objects = []
        if not isinstance(objects, list):
            raise self.rows.drift(asked.number, self._listing.objects, objects, "a list")
        wanted = self._wanted(asked, objects)
        counted = total if isinstance(total, int) else asked.received + len(wanted)
        return Found(wanted, counted, str(data.get("next_page_token") or ""), request_id)

    def _wanted(self, asked: Asked, objects: list[Any]) -> list[Object]:
        """Those inside the span, each once; a page now and then repeats rows of another one."""
        by_id: dict[str, Object] = {}
        for found in objects:
            if not isinstance(found, dict):
                raise self.rows.drift(asked.number, f"{self._listing.objects}[]", found, "an object")
            name = found.get(self._listing.id)
            if not isinstance(name, str) or not name:
                raise self.rows.drift(asked.number, self._listing.id, name, "text")
            if asked.span is not None:
                moment = self.moment(found, asked.number)
                known = by_id.get(name)
                is_older = known is not None and self.moment(known, asked.number) > moment
                if is_older or not asked.span.start <= moment < asked.span.end:
                    continue
            by_id[name] = found
        return list(by_id.values())

    def _check_length(self, asked: Asked, found: Found) -> None:
        total = found.total if asked.announced is None else min(asked.announced, found.total)
        rest = total - asked.received
        # A page in the middle may be shorter than asked for, but not empty; the last one settles the account.
        expected = min(1, rest) if found.token else rest
        has_news = any(entry[self._listing.id] not in asked.seen for entry in found.objects)
        if len(found.objects) < expected or (expected > 0 and not has_news):
            raise _ShortPageError(
                self._stream.source,
                f"page {asked.number} holds {len(found.objects) if has_news else 'none'} of the {expected} "
                f"{self._listing.objects} that it announces",
                request_id=found.request_id,
            )


class _ShortPageError(TransientSourceError):
    """A page without what it announces; the same page may be whole later."""

    def __init__(self, source: str, message: str, *, request_id: str | None = None) -> None:
        super().__init__(source, message)
        self.message, self.request_id = message, request_id

    def __str__(self) -> str:
        return self.message
