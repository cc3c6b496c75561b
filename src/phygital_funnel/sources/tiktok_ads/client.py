"""A thin client of the TikTok Marketing API v1.3 (api-contracts 1): what a page is, and whether it can be believed."""

import zlib
from dataclasses import dataclass
from typing import Any

import orjson

from phygital_funnel.errors import SchemaDrift
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import read_credentials
from phygital_funnel.sources.limits import account_digest
from phygital_funnel.sources.tiktok.api import BusinessApi, Post
from phygital_funnel.sources.tiktok.codes import TokenRefused
from phygital_funnel.sources.tiktok.paging import consistent
from phygital_funnel.sources.tiktok_ads.streams import SOURCE

PAGE_SIZE = 1000
PAGE_INFO = ("page", "page_size", "total_number")

Row = dict[str, Any]


@dataclass(frozen=True)
class Listed:
    """One page of a listing.

    Args:
        rows: as the wire gave them.
        page: which one the platform says it is, from 1.
        size: rows of a full page.
        total: rows of all pages.
        request_id: the platform's id of the request.
        is_cut: whether the platform warned that it left rows out.
    """

    rows: list[Row]
    page: int
    size: int
    total: int
    request_id: str
    is_cut: bool = False

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return self.page * self.size >= self.total

    @property
    def mark(self) -> str:
        """Tells the page from the one before it: a checksum of its first row."""
        return f"{zlib.crc32(orjson.dumps(self.rows[0])):08x}" if self.rows else ""

    def fault(self, page: int, total: int | None, mark: str) -> str:
        """What shows that this is not the page which was asked for; "" when nothing does.

        Args:
            page: which was asked for.
            total: rows that an earlier page announced, if there was one.
            mark: of the page before.
        """
        expected = max(0, min(self.size, self.total - (page - 1) * self.size))
        if self.page != page:
            return f"came as page {self.page}"
        if total not in (None, self.total):
            return f"announces {self.total} rows, where the pages before announced {total}"
        if len(self.rows) != expected:
            return f"holds {len(self.rows)} rows, where {expected} of {self.total} were announced"
        return "repeats the page before it" if mark and mark == self.mark else ""


class FixedToken:
    """The access token of a Marketing API app: it lives until it is revoked, and nothing renews it.

    Args:
        settings: where the credentials are.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        file = settings.source(SOURCE).credentials_file
        self._token = read_credentials(SOURCE, file, ("access_token",))["access_token"]
        self.app = account_digest(self._token)

    def current(self, account: str) -> str:
        """The token; one for all advertisers."""
        return self._token

    def renewed(self, account: str, token: str, refused: TokenRefused, post: Post) -> str:
        """None is to be had.

        Raises:
            TokenRefused: always.
        """
        raise refused


class TikTokAds:
    """Reads pages of the Marketing API.

    Args:
        settings: base URL and credentials.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        self._api = BusinessApi(settings, SOURCE, FixedToken(settings))

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def rows(self, path: str, parameters: dict[str, Any], account: str) -> tuple[list[Row], str]:
        """The rows of an endpoint that answers at once, and the request's id.

        Raises:
            SourceError: of the type that the answer stands for.
        """
        answer = self._api.get(path, parameters, account)
        return _rows(f"{path} for account {account}", answer.data), answer.request_id

    def page(
        self, path: str, parameters: dict[str, Any], account: str, name: str, page: int, total: int | None, mark: str
    ) -> Listed:
        """One page of a listing.

        Args:
            path: of the endpoint.
            parameters: of the listing.
            account: whose.
            name: of the stream.
            page: which, from 1.
            total: rows that an earlier page announced.
            mark: of the page before.

        Raises:
            TruncatedReport: the page does not follow the one before it.
            SourceError: of the type that the answer stands for.
        """
        return consistent(
            SOURCE,
            f"{name} of {account}, page {page}",
            lambda: self._listed(path, {**parameters, "page": page, "page_size": PAGE_SIZE}, account, page),
            # A page of a listing that was cut is not taken, so that it need not fit.
            lambda listed: "" if listed.is_cut else listed.fault(page, total, mark),
        )

    def _listed(self, path: str, parameters: dict[str, Any], account: str, page: int) -> Listed:
        answer = self._api.get(path, parameters, account)
        rows = _rows(f"{path} for account {account}, page {page}", answer.data)
        info = answer.data.get("page_info")
        given = info if isinstance(info, dict) else {}
        known = {name: given[name] for name in PAGE_INFO if type(given.get(name)) is int and given[name] >= 0}
        if len(known) < len(PAGE_INFO):
            missing = [f"data.page_info.{name}" for name in PAGE_INFO if name not in known]
            raise SchemaDrift(SOURCE, f"the answer of {path} for account {account}, page {page}", missing=missing)
        size = known["page_size"] or PAGE_SIZE
        return Listed(rows, known["page"], size, known["total_number"], answer.request_id, answer.is_cut)


def _rows(where: str, data: dict[str, Any]) -> list[Row]:
    rows = data.get("list")
    if not isinstance(rows, list) or not set(map(type, rows)) <= {dict}:
        raise SchemaDrift(SOURCE, f"the answer of {where}", missing=("data.list",))
    return rows
