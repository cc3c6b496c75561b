"""Turns what the Selling Partner API sends into the streams' rows."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from phygital_funnel.errors import SchemaDrift, TruncatedReport
from phygital_funnel.sources.amazon_seller.json_report import read_members
from phygital_funnel.sources.amazon_seller.report_desk import Asked
from phygital_funnel.sources.amazon_seller.streams import SOURCE, Array
from phygital_funnel.sources.files import read_pages
from phygital_funnel.sources.stream import Stream, snake_case

PAGE_ROWS = 2000
Row = dict[str, Any]


def flat_file_pages(path: Path, stream: Stream, asked: Asked) -> Iterator[pa.Table]:
    """Pages of a tab-separated report, whose rows do not say the marketplace they are of.

    Raises:
        TruncatedReport: the document is empty, though a report without rows has its heading, or a gateway's page.
        SchemaDrift: required columns are missing.
    """
    with path.open(encoding="utf-8") as file:
        start = file.read(60)
    if not start or start.startswith(("<", "{")):
        found = f"a page that begins with {start!r}" if start else "empty, without even a heading"
        raise TruncatedReport(SOURCE, f"the document of {asked} is {found}. Nothing of it was landed: run again later.")
    for page in read_pages(path, stream, quoted=False):
        position = page.schema.get_field_index("marketplace_id")
        marketplace = pa.array([asked.marketplace_id] * page.num_rows, pa.string())
        yield page.set_column(position, "marketplace_id", marketplace)


def json_pages(path: Path, asked: Asked) -> Iterator[list[Row]]:
    """Pages of a JSON report, each with rows of one of its arrays.

    Raises:
        SchemaDrift: an array is missing.
        TruncatedReport: the document ends in the middle.
    """
    arrays = {array.name: array for array in asked.report.arrays}
    found: set[str] = set()
    others: list[str] = []
    rows: list[Row] = []
    for name, value in read_members(path, tuple(arrays), str(asked)):
        if name not in arrays:
            others.append(name)
            continue
        if rows and (name not in found or len(rows) == PAGE_ROWS):
            yield rows
            rows = []
        found.add(name)
        if value is not None:
            rows.append(_row(arrays[name], value, asked))
    if rows:
        yield rows
    if missing := set(arrays) - found:
        raise SchemaDrift(
            SOURCE, f"the document of {asked}", missing=missing, unexpected=[name[:60] for name in others]
        )


def _row(array: Array, value: Row, asked: Asked) -> Row:
    row: Row = {"marketplace_id": asked.marketplace_id}
    if array.level:
        # Rows of products do not say the day: the report was asked for that day alone.
        row |= {"level": array.level, "date": asked.window.start.isoformat()}
    return row | flattened(value, array.groups)


def flattened(value: Row, groups: tuple[str, ...] = ()) -> Row:
    """An object with the members of its objects as its own, under both names; ``groups`` leave no trace."""
    row: Row = {}
    for name, member in value.items():
        if name in groups and isinstance(member, dict):
            row |= flattened(member)
        elif isinstance(member, dict):
            row |= {f"{_column(name)}_{inner}": content for inner, content in flattened(member).items()}
        else:
            row[_column(name)] = member
    return row


# Names come from outside, so not all of them may be remembered.
@lru_cache(maxsize=1024)
def _column(name: str) -> str:
    return snake_case(name.replace("B2B", "B2b"))
