"""Pages of TikTok Shop listings.

A page token names the last row that was sent and not a number of rows, so a listing that grows between two pages
neither repeats nor loses a row that stayed where it was.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from phygital_funnel.sandbox.api.tiktok_shop.requests import PARAMETER, Parameters, ShopRefused
from phygital_funnel.sandbox.world.times import Ints

MAX_PAGE = 100
ORDERS = ("ASC", "DESC")


@dataclass(frozen=True)
class Page:
    """What was asked for, cut to a page.

    Args:
        rows: row numbers of the page, in order.
        token: of the next page; empty at the end.
        total: rows of all pages.
    """

    rows: Ints
    token: str
    total: int

    def envelope(self, name: str, wire: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
        """The data of an answer whose rows are called ``name``."""
        return self.holding(name, [wire(int(row)) for row in self.rows])

    def holding(self, name: str, written: Sequence[object]) -> dict[str, Any]:
        """The same, of rows that are already written."""
        return {name: written, "next_page_token": self.token, "total_count": self.total}


def page_of(parameters: Parameters, rows: Ints, keys: npt.NDArray[Any], default_order: str = "DESC") -> Page:
    """The page that a request asks for.

    Args:
        parameters: page_size, page_token and sort_order are read.
        rows: row numbers that match, in ascending order.
        keys: what each of them is sorted by; ties are sorted by row number.
        default_order: when the request names none.

    Raises:
        ShopRefused: a parameter is out of range or the token is not one of ours.
    """
    size = parameters.number("page_size", 20, 1, MAX_PAGE)
    is_descending = parameters.choice("sort_order", default_order, ORDERS) == "DESC"
    position = np.argsort(keys, kind="stable")
    if is_descending:
        position = position[::-1]
    start = _start(parameters.text("page_token"), rows[position], keys[position], is_descending=is_descending)
    chosen = position[start : start + size]
    has_more = start + size < len(rows)
    token = _token(int(keys[chosen[-1]]), int(rows[chosen[-1]])) if has_more else ""
    return Page(rows[chosen], token, len(rows))


def _start(token: str, rows: Ints, keys: npt.NDArray[Any], *, is_descending: bool) -> int:
    """Number of sorted rows up to and including the one that a token names."""
    if not token:
        return 0
    last_key, last_row = _parse(token)
    if is_descending:
        is_before = (keys > last_key) | ((keys == last_key) & (rows >= last_row))
    else:
        is_before = (keys < last_key) | ((keys == last_key) & (rows <= last_row))
    return int(np.count_nonzero(is_before))


def _token(key: int, row: int) -> str:
    return base64.urlsafe_b64encode(f"{key}.{row}".encode()).decode()


def _parse(token: str) -> tuple[int, int]:
    try:
        key, row = base64.urlsafe_b64decode(token.encode("ascii")).decode("ascii").split(".")
        numbers = np.int64(key), np.int64(row)
    except (binascii.Error, ValueError, OverflowError) as error:
        raise ShopRefused(PARAMETER, "Invalid parameter. `page_token` is invalid.") from error
    return int(numbers[0]), int(numbers[1])
