"""The manifest: what one extraction asked for and brought. It is the metadata of the extraction's commit."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any

from phygital_funnel.sources.stream import Coverage, Window

MANIFEST_KEY = "phygital"


@dataclass(frozen=True)
class Manifest:
    """What one extraction asked for and brought.

    Args:
        manifest_id: its name for ever.
        source: for example ``tiktok_ads``.
        stream: for example ``ad_report_daily``.
        account: advertiser, profile, marketplace, or file name.
        part: subdivision of the account.
        coverage: what it replaces if it is complete.
        window_from: first day asked for, if the stream has days.
        window_to: last day asked for, included.
        is_complete: False when something is known to be missing.
        row_count: rows it brought.
        pages: pages they came in.
        request_ids: the platform's ids of the requests.
        checksum: digest of the file, for file drops.
        committed_at: when it was landed.
        code_version: version of the package that landed it.
        run: the run that asked for it; empty when nobody named one.
        new_fields: fields that the stream does not declare; their values are in ``_extra``.
        rows_by_day: rows of each day of the window, by ISO date; empty for streams without days.
        doubt: why it is held until a person accepts it; empty when nothing is wrong.
        commit: its place in the stream's knowledge order.
    """

    manifest_id: str
    source: str
    stream: str
    account: str
    part: str
    coverage: Coverage
    window_from: date | None
    window_to: date | None
    is_complete: bool
    row_count: int
    pages: int
    request_ids: tuple[str, ...]
    checksum: str
    committed_at: datetime
    code_version: str
    run: str = ""
    new_fields: tuple[str, ...] = ()
    rows_by_day: Mapping[str, int] = field(default_factory=dict, hash=False)
    doubt: str = ""
    commit: int = -1

    @property
    def window(self) -> Window | None:
        """The dates asked for, if the stream has any."""
        return Window(self.window_from, self.window_to) if self.window_from and self.window_to else None

    def overtakes(self, older: "Manifest") -> bool:
        """Whether this complete extraction replaces everything the older one brought."""
        if (
            not self.is_complete
            or self.commit <= older.commit
            or (self.account, self.part) != (older.account, older.part)
        ):
            return False
        if self.coverage is Coverage.SNAPSHOT:
            return True
        return self.window == older.window or bool(self.window and older.window and self.window.covers(older.window))

    def to_text(self) -> str:
        """The manifest as the commit's metadata holds it: JSON without the commit's own number."""
        content = {name: value for name, value in asdict(self).items() if name != "commit"}
        return json.dumps(content, default=lambda value: value.isoformat())


# A field that a newer version of the package wrote is of no use to this one.
KNOWN_FIELDS = {known.name for known in fields(Manifest)} - {"commit"}


def parsed(entry: Mapping[str, Any]) -> Manifest:
    """The manifest of an entry of the commit log; fields that older versions did not write have their defaults."""
    content = {name: value for name, value in json.loads(entry[MANIFEST_KEY]).items() if name in KNOWN_FIELDS}
    days = {name: date.fromisoformat(content[name]) if content[name] else None for name in ("window_from", "window_to")}
    lists = {name: tuple(content.get(name, ())) for name in ("request_ids", "new_fields")}
    return Manifest(
        **{
            **content,
            **days,
            **lists,
            "coverage": Coverage(content["coverage"]),
            "committed_at": datetime.fromisoformat(content["committed_at"]).astimezone(UTC),
            "commit": entry["version"],
        }
    )
