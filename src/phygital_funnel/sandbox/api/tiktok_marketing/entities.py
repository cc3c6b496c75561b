"""TikTok's account, campaign, ad group and ad objects as they stand at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_marketing.fields import WITHOUT_VALUE
from phygital_funnel.sandbox.api.tiktok_marketing.objects import WRITERS, Row, is_deleted, modified_at
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, Refused, invalid, moment_of, paged
from phygital_funnel.sandbox.world.ads import SHOP
from phygital_funnel.sandbox.world.catalogue import BRAND, Market

MAX_IDS = 100
LONGEST_CREATION_SPAN = timedelta(days=184)
"""Six months, however they fall."""
_ID_FILTERS = {"campaign_ids": "campaign_id", "adgroup_ids": "adgroup_id", "ad_ids": "ad_id"}
_SHOWS_LIVE = frozenset({"STATUS_NOT_DELETE", "STATUS_ALL", "STATUS_ENABLE", "STATUS_DELIVERY_OK"})
_SHOWS_DELETED = frozenset({"STATUS_ALL", "STATUS_DELETE"})
_STATES = _SHOWS_LIVE | _SHOWS_DELETED | {"STATUS_DISABLE", "STATUS_NOT_DELIVERY", "STATUS_TIME_DONE", "STATUS_FROZEN"}
_BUYING_TYPES = frozenset({"AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"})

_Condition = Callable[[Row], bool]


class Entities:
    """The objects of every advertiser."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._markets = {market.advertiser_id: market for market in sandbox.world.markets}
        rows = [row for row in sandbox.world["ads"].to_pylist() if self.is_reported(row)]
        self._rows = {
            kind: list({row[f"{kind}_id"]: row for row in reversed(rows)}.values())
            for kind in ("campaign", "adgroup", "ad")
        }

    @property
    def advertiser_ids(self) -> list[str]:
        """All advertisers that the token may see."""
        return list(self._markets)

    def market(self, advertiser_id: str) -> Market:
        """The market of an advertiser.

        Raises:
            Refused: the token may not see it.
        """
        if advertiser_id not in self._markets:
            raise Refused(40001, f"No permission to operate advertiser {advertiser_id[:40]}.")
        return self._markets[advertiser_id]

    def is_reported(self, ad: Row) -> bool:
        """Whether an ad is in listings and reports; GMV Max runs the Shop's ads where it is on, and they are not."""
        return ad["destination"] != SHOP or not self._sandbox.world.scenario.has_gmv_max

    def is_deleted(self, ad: Row, now: datetime) -> bool:
        """Whether an ad has been deleted."""
        return is_deleted(ad, now)

    def advertisers(self, parameters: Parameters) -> dict[str, Any]:
        """What advertiser/info tells."""
        ids = parameters.names("advertiser_ids")
        if not ids:
            raise invalid("advertiser_ids: Missing data for required field.")
        if len(parameters.array("advertiser_ids")) > MAX_IDS:
            raise Refused(40011, f"advertiser_ids: at most {MAX_IDS} ids.")
        return {"list": _only("advertiser", parameters, [self._advertiser(self.market(one)) for one in ids])}

    def names(self) -> dict[str, Any]:
        """What oauth2/advertiser/get tells."""
        return {
            "list": [
                {"advertiser_id": market.advertiser_id, "advertiser_name": f"{BRAND} {market.code}"}
                for market in self._markets.values()
            ]
        }

    def listing(self, kind: str, parameters: Parameters) -> dict[str, Any]:
        """One page of objects of a kind, newest id first."""
        market = self.market(parameters.required("advertiser_id"))
        now = self._sandbox.now
        conditions = _filters(kind, parameters.nested("filtering"), now)
        rows = [
            row
            for row in self._rows[kind]
            if row["advertiser_id"] == market.advertiser_id
            and row["created_at"] <= now
            and all(condition(row) for condition in conditions)
        ]
        rows.sort(key=lambda row: str(row[f"{kind}_id"]), reverse=True)
        page = paged(rows, parameters)
        written = [WRITERS[kind](row, market, now) for row in page["list"]]
        known = WRITERS[kind](self._rows[kind][0], market, now) if self._rows[kind] else {}
        return {**page, "list": _only(kind, parameters, written, known)}

    def _advertiser(self, market: Market) -> dict[str, Any]:
        return {
            "advertiser_id": market.advertiser_id,
            "name": f"{BRAND} {market.code}",
            "company": f"{BRAND} LLC",
            "status": "STATUS_ENABLE",
            "country": market.country,
            "currency": market.currency,
            "timezone": market.advertiser_posix,
            "display_timezone": market.advertiser_timezone,
            "role": "ROLE_ADVERTISER",
            "balance": 1000.0,
            "create_time": 1704067200,
            "owner_bc_id": "7000000000000000009",
        }


def _only(kind: str, parameters: Parameters, rows: list[Row], known: Row | None = None) -> list[Row]:
    """The rows with the fields asked for; all of them when none is named."""
    fields = parameters.names("fields")
    unknown = sorted(set(fields) - set(known or (rows[0] if rows else fields)) - WITHOUT_VALUE[kind])
    if unknown:
        raise invalid(f"fields: Invalid fields: {', '.join(unknown)[:200]}.")
    return [{name: row.get(name) for name in fields} for row in rows] if fields else rows


def _filters(kind: str, filtering: Parameters, now: datetime) -> list[_Condition]:
    conditions = [_of_ids(name, filtering) for name in _ID_FILTERS if filtering.has(name)]
    # Connectors that want deleted objects name either status.
    secondary = filtering.text("secondary_status").removeprefix(f"{kind.upper()}_")
    default = secondary if secondary in _STATES else "STATUS_NOT_DELETE"
    status = filtering.choice("primary_status", _STATES, default)
    shows_live, shows_deleted = status in _SHOWS_LIVE, status in _SHOWS_DELETED
    conditions.append(lambda row: shows_deleted if kind == "ad" and is_deleted(row, now) else shows_live)
    conditions += _of_creation(filtering)
    buying_types = filtering.names("buying_types")
    if not set(buying_types) <= _BUYING_TYPES:
        raise invalid(f"buying_types: Must be among {', '.join(sorted(_BUYING_TYPES))}.")
    if buying_types and "AUCTION" not in buying_types:
        conditions.append(lambda row: False)
    if kind == "ad" and filtering.has("modified_after"):
        after = moment_of("modified_after", filtering.text("modified_after"))
        conditions.append(lambda row: modified_at(row, now) > after)
    return conditions


def _of_ids(name: str, filtering: Parameters) -> _Condition:
    ids = filtering.names(name)
    if len(ids) > MAX_IDS:
        raise Refused(40011, f"{name}: at most {MAX_IDS} ids.")
    column, wanted = _ID_FILTERS[name], set(ids)
    return lambda row: row[column] in wanted


def _of_creation(filtering: Parameters) -> list[_Condition]:
    names = ("creation_filter_start_time", "creation_filter_end_time")
    if not any(filtering.has(name) for name in names):
        return []
    start, end = (moment_of(name, filtering.required(name)) for name in names)
    if end < start or end - start > LONGEST_CREATION_SPAN:
        raise invalid("creation_filter_end_time: Must be within six months of creation_filter_start_time.")
    return [lambda row: bool(start <= row["created_at"] <= end)]
