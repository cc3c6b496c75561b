"""Times, money and JSON as the Selling Partner API writes them, one value at a time or a column at once."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from starlette.responses import Response

from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput
from phygital_funnel.sandbox.world.times import SECOND, Ints, moment

EARLIEST_YEAR, LATEST_YEAR = 1971, 2200
"""Times outside could not be moved between zones or by a few days; no platform serves them."""


def json_answer(body: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")


def utc(us: int) -> str:
    """Microseconds since the epoch in the form of the orders and sales APIs: ``2026-11-18T19:22:10Z``."""
    return moment(us).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def offset_times(us: Ints) -> pa.Array:
    """Microseconds since the epoch in the form of the flat files: ``2026-11-18T19:22:10+00:00``."""
    seconds = pa.array(np.asarray(us) // SECOND).cast(pa.timestamp("s"))
    return pc.strftime(seconds, format="%Y-%m-%dT%H:%M:%S+00:00")


def parsed_time(text: object, name: str) -> datetime:
    """An ISO 8601 time as aware UTC time; without an offset it is UTC.

    Raises:
        InvalidInput: it is none.
    """
    try:
        value = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInput(f"{name} is not an ISO 8601 time.") from error
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise InvalidInput(f"{name} is out of range.")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def decimal_text(minor: int, exponent: int) -> str:
    """Minor units as a decimal number with all places of the currency."""
    if exponent == 0:
        return str(minor)
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    return f"{'-' if minor < 0 else ''}{digits[:-exponent]}.{digits[-exponent:]}"


def decimal_texts(minor: Ints, exponents: Ints) -> pa.Array:
    """``decimal_text`` of a column of amounts that are not negative, each with its own exponent."""
    texts = pa.nulls(len(minor), pa.string())
    for exponent in np.unique(exponents).tolist():
        texts = pc.if_else(pa.array(exponents == exponent), _texts(minor, exponent), texts)
    return texts


def _texts(minor: Ints, exponent: int) -> pa.Array:
    whole = pc.cast(pa.array(minor // 10**exponent), pa.string())
    if exponent == 0:
        return whole
    part = pc.utf8_lpad(pc.cast(pa.array(minor % 10**exponent), pa.string()), exponent, "0")
    return pc.binary_join_element_wise(whole, part, ".")


def amount(minor: int, exponent: int) -> float:
    """Minor units as the JSON number that the reports write; whole numbers of yen stay whole."""
    return minor if exponent == 0 else round(minor / 10**exponent, exponent)


def money(minor: int, currency: str, exponent: int) -> dict[str, Any]:
    """Money of the orders API, version 2026-01-01."""
    return {"amount": decimal_text(minor, exponent), "currencyCode": currency}
