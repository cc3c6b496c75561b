"""A thin client of the TikTok Accounts API v1.3 (api-contracts 2.1)."""

from dataclasses import dataclass
from typing import Any

from phygital_funnel.errors import SchemaDrift
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Window
from phygital_funnel.sources.tiktok.api import BusinessApi
from phygital_funnel.sources.tiktok.paging import confirmed, consistent
from phygital_funnel.sources.tiktok_organic.streams import SOURCE
from phygital_funnel.sources.tiktok_organic.tokens import StoredTokens

MOST_POSTS = 20

Row = dict[str, Any]


@dataclass(frozen=True)
class Posted:
    """One page of an account's posts.

    Args:
        rows: newest first; fewer than asked for, or none, also where more follow.
        cursor: milliseconds; the next page holds what was posted before.
        has_more: whether there is a next page.
        request_id: the platform's id of the request.
    """

    rows: list[Row]
    cursor: int
    has_more: bool
    request_id: str

    def fault(self, before: int | None, seen: frozenset[str]) -> str:
        """What shows that this page does not follow the ones before; "" when nothing does.

        Args:
            before: the cursor it was asked with.
            seen: ids of the posts that came already.
        """
        if self.has_more and before is not None and self.cursor >= before:
            return f"says that more follows but stays at cursor {self.cursor}"
        repeated = seen.intersection(self.ids)
        return f"holds the post {min(repeated)[:40]}, which came before" if repeated else ""

    @property
    def ids(self) -> list[str]:
        """Ids of the posts."""
        return [str(row.get("item_id")) for row in self.rows]


class TikTokAccounts:
    """Reads the Accounts API.

    Args:
        settings: base URL and credentials.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        self._api = BusinessApi(settings, SOURCE, StoredTokens(settings))

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def profile(self, path: str, fields: tuple[str, ...], account: str, window: Window) -> tuple[Row, list[Row], str]:
        """An account's profile, its figures by day, and the request's id.

        Raises:
            SourceError: of the type that the answer stands for.
        """
        parameters = {
            "business_id": account,
            "fields": list(fields),
            "start_date": window.start.isoformat(),
            "end_date": window.end.isoformat(),
        }
        answer = confirmed(
            lambda: self._api.get(path, parameters, account), lambda answer: answer.data.get("metrics") == []
        )
        profile = dict(answer.data)
        days = _rows(f"{path} for account {account}", "metrics", profile.pop("metrics", None))
        return profile, days, answer.request_id

    def posts(
        self, path: str, fields: tuple[str, ...], account: str, cursor: int | None, seen: frozenset[str]
    ) -> Posted:
        """A page of an account's posts.

        Args:
            path: of the endpoint.
            fields: what to tell of each.
            account: whose posts.
            cursor: of the page before; None for the first.
            seen: ids of the posts that came already.

        Raises:
            TruncatedReport: the page does not follow the ones before.
            SourceError: of the type that the answer stands for.
        """
        parameters = {"business_id": account, "fields": list(fields), "max_count": MOST_POSTS, "cursor": cursor}

        def read() -> Posted:
            return confirmed(lambda: self._posted(path, parameters, account), lambda page: not page.rows)

        return consistent(SOURCE, f"videos of {account}, a page", read, lambda page: page.fault(cursor, seen))

    def _posted(self, path: str, parameters: dict[str, Any], account: str) -> Posted:
        answer = self._api.get(path, parameters, account)
        rows = _rows(f"{path} for account {account}", "videos", answer.data.get("videos"))
        cursor, has_more = answer.data.get("cursor"), answer.data.get("has_more")
        wrong = [f"data.{name}" for name, value, kind in (("cursor", cursor, int), ("has_more", has_more, bool))
                 if type(value) is not kind]  # fmt: skip
        if has_more is False:
            wrong = []  # the last page needs no cursor
        if wrong:
            raise SchemaDrift(SOURCE, f"the answer of {path} for account {account}", missing=wrong)
        return Posted(rows, cursor if type(cursor) is int else 0, bool(has_more), answer.request_id)


def _rows(where: str, name: str, rows: Any) -> list[Row]:
    if not isinstance(rows, list) or any(type(row) is not dict for row in rows):
        raise SchemaDrift(SOURCE, f"the answer of {where}", missing=(f"data.{name}",))
    return rows
