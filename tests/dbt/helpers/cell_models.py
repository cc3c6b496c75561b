"""Runs the cell engine's own SQL, compiled once by dbt, on tables made of many small worlds at a time.

Each world is a market of its own, and its names begin with its number, so that worlds do not meet.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import duckdb
import pyarrow as pa
from cell_oracle import Line, World
from cell_worlds import ZONES
from dbt_warehouse import Warehouse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHECKS = ("tag_claims_are_accounted_for", "cell_credit_adds_up_to_orders")
SELECTED = ("path:models/intermediate/int_cells__*.sql", "int_credit__cell_lines", "fct_attribution_cells",
            "fct_unplaced_claims", *CHECKS)  # fmt: skip
TEXT, WHOLE, TIME, DATE, FLAG = pa.string(), pa.int64(), pa.timestamp("us"), pa.date32(), pa.bool_()
INPUTS = {
    "intermediate.int_conversions__converted": {
        "conversion_id": TEXT, "line_key": WHOLE, "platform": TEXT, "order_id": TEXT, "market": TEXT, "asin": TEXT,
        "converted_at": TIME, "converted_us": WHOLE, "conversion_status": TEXT, "net_amount_minor": WHOLE,
        "currency": TEXT, "journey_key": TEXT,
    },
    "intermediate.int_promo__matched_lines": {"conversion_id": TEXT, "creator_id": TEXT},
    "intermediate.int_journeys__lines": {"line_key": WHOLE, "eligible_touches": WHOLE},
    "intermediate.int_identity__visitors": {"journey_key": TEXT, "visitor_id": TEXT},
    "intermediate.int_accounts__markets": {"platform": TEXT, "account_id": TEXT, "market": TEXT},
    "intermediate.int_creators__by_content": {"content_id": TEXT, "creator_id": TEXT},
    "intermediate.int_ads__placed": {"ad_group_id": TEXT, "market": TEXT},
    "staging.stg_amazon_attribution__profiles": {"profile_id": TEXT, "time_zone": TEXT},
    "staging.stg_amazon_attribution__products": {
        "profile_id": TEXT, "event_date_source": DATE, "campaign_id": TEXT, "ad_group_id": TEXT, "publisher": TEXT,
        "asin": TEXT, "promoted_orders": WHOLE, "halo_orders": WHOLE, "promoted_sales_minor": WHOLE,
        "halo_sales_minor": WHOLE, "currency": TEXT,
    },
    "staging.stg_amazon_attribution__performance": {
        "profile_id": TEXT, "report_level": TEXT, "event_date_source": DATE, "campaign_id": TEXT, "ad_group_id": TEXT,
        "creative_id": TEXT, "orders": WHOLE,
    },
    "staging.stg_links__clicks": {
        "click_id": TEXT, "clicked_at": TIME, "visitor_id": TEXT, "ad_id": TEXT, "ad_group_id": TEXT,
        "creator_id": TEXT, "country": TEXT,
    },
    "staging.stg_reference__markets": {"market": TEXT, "country": TEXT, "time_zone": TEXT},
    "staging.stg_reference__tags": {"ad_id": TEXT, "market": TEXT, "ad_group_id": TEXT},
    "staging.stg_reference__listings": {"market": TEXT, "asin": TEXT},
    "staging.stg_reference__promo_codes": {"content_id": TEXT, "creator_id": TEXT},
    "staging.stg_tiktok_ads__ads": {"ad_id": TEXT, "ad_group_id": TEXT, "content_id": TEXT},
    "base.time_zones": {"time_zone": TEXT},
}  # fmt: skip
CREDIT = "select conversion_id, recipient_key, credit_upto - credit_before from intermediate.int_credit__cell_lines"
FATES = (
    "select market, asin, event_date_source, ad_group_id, claimed_micro, click_deducted_micro, code_deducted_micro, "
    "placed_micro - moved_earlier_micro - moved_later_micro, moved_earlier_micro, moved_later_micro, "
    "scaled_down_micro, unplaced_micro from ledgers.fct_attribution_cells"
)


class CellModels:
    """The compiled models in an empty database."""

    def __init__(self, warehouse: Warehouse, **variables: Any) -> None:
        warehouse.build("compile", "--select", *SELECTED, **variables)
        nodes = warehouse.artifact("manifest.json")["nodes"]
        run = warehouse.artifact("run_results.json")["results"]
        compiled = {result["unique_id"]: result["compiled_code"] for result in run}
        self._models = [
            (f"{node['schema']}.{node['name']}", compiled[name])
            for name, node in _in_order({name: nodes[name] for name in compiled}, nodes)
            if node["resource_type"] == "model"
        ]
        self.checks = {nodes[name]["name"]: sql for name, sql in compiled.items() if nodes[name]["name"] in CHECKS}
        self._con = duckdb.connect()
        self._con.execute("set timezone = 'UTC'; set threads = 1; attach ':memory:' as build; use build")
        for schema in ("base", "staging", "intermediate", "ledgers"):
            self._con.execute(f"create schema {schema}")

    def run(self, worlds: Sequence[World], *, reverse: bool = False) -> None:
        """Fill the inputs from the worlds, in one order or the other, and build every model."""
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in INPUTS}
        for number, world in enumerate(worlds):
            for name, row in _rows(str(number), world):
                rows[name].append(row)
        for name, columns in INPUTS.items():
            table = pa.Table.from_pylist(rows[name][:: -1 if reverse else 1], schema=pa.schema(columns.items()))
            self._con.register("_rows", table)
            self._con.execute(f"create or replace table {name} as select * from _rows")
        for name, sql in self._models:
            self._con.execute(f"create or replace table {name} as {sql}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Result rows of a query."""
        return self._con.execute(query).fetchall()


def _in_order(chosen: dict[str, Any], nodes: dict[str, Any]) -> list[tuple[str, Any]]:
    """The chosen nodes, each after those it reads."""
    ordered: dict[str, Any] = {}

    def add(name: str) -> None:
        for parent in nodes[name]["depends_on"]["nodes"]:
            if parent in chosen and parent not in ordered:
                add(parent)
        ordered.setdefault(name, nodes[name])

    for name in chosen:
        add(name)
    return list(ordered.items())


def prefixed(number: str, name: str | None) -> str | None:
    """A world's own form of a name."""
    return None if name is None else f"{number}/{name}"


def _rows(number: str, world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """The world as input rows: (relation, row)."""
    market, profile = f"M{number}", f"P{number}"
    yield "staging.stg_reference__markets", {"market": market, "country": market, "time_zone": "UTC"}
    yield "staging.stg_amazon_attribution__profiles", {"profile_id": profile, "time_zone": world.zone}
    yield (
        "intermediate.int_accounts__markets",
        {"platform": "amazon_attribution", "account_id": profile, "market": market},
    )
    for asin in ("A1", "A2"):
        yield "staging.stg_reference__listings", {"market": market, "asin": asin}
    if number == "0":
        for zone in ZONES:
            yield "base.time_zones", {"time_zone": zone}
    for person in sorted({line.person for line in world.lines if line.person}):
        named = {"journey_key": prefixed(number, person), "visitor_id": prefixed(number, f"visitor {person}")}
        yield "intermediate.int_identity__visitors", named
    for line in world.lines:
        yield from _line_rows(number, market, line)
    yield from _tag_rows(number, market, world)
    yield from _click_rows(number, market, world)
    yield from _report_rows(number, profile, world)


def _tag_rows(number: str, market: str, world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    for tag in sorted(world.registered):
        yield (
            "staging.stg_reference__tags",
            {
                "ad_id": prefixed(number, f"ad of {tag}"),
                "market": "elsewhere" if tag in world.foreign else market,
                "ad_group_id": prefixed(number, tag),
            },
        )


def _click_rows(number: str, market: str, world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    for tag, creator in sorted(world.owners):
        # Whoever clicked this has no registration; it tells the ad's creator only.
        yield (
            "staging.stg_links__clicks",
            {
                "click_id": prefixed(number, f"owner {tag} {creator}"),
                "visitor_id": "nobody",
                "ad_id": prefixed(number, f"{tag} of {creator}"),
                "ad_group_id": prefixed(number, tag),
                "creator_id": prefixed(number, creator),
            },
        )
    for click in world.clicks:
        yield (
            "staging.stg_links__clicks",
            {
                "click_id": prefixed(number, click.click_id),
                "clicked_at": click.at,
                "visitor_id": prefixed(number, f"visitor {click.person}"),
                "ad_group_id": prefixed(number, click.ad_group),
                "country": market if click.is_same_country else "elsewhere",
            },
        )


def _report_rows(number: str, profile: str, world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    report = {"profile_id": profile, "campaign_id": prefixed(number, "campaign")}
    for claim in world.claims:
        for kind, orders in (("promoted", claim.promoted), ("halo", claim.halo)):
            # One row per conversion type, with the other type's figures not told.
            yield (
                "staging.stg_amazon_attribution__products",
                {
                    **report,
                    "event_date_source": claim.day,
                    "ad_group_id": prefixed(number, claim.ad_group),
                    "publisher": "TikTok",
                    "asin": claim.asin,
                    f"{kind}_orders": orders,
                    f"{kind}_sales_minor": 90 * orders,
                    "currency": "USD",
                },
            )
    for tag, day, creative, orders in world.creatives:
        yield (
            "staging.stg_amazon_attribution__performance",
            {
                **report,
                "report_level": "ADGROUP" if creative is None else "CREATIVE",
                "event_date_source": day,
                "ad_group_id": prefixed(number, tag),
                "creative_id": creative,
                "orders": orders,
            },
        )


def _line_rows(number: str, market: str, line: Line) -> Iterator[tuple[str, dict[str, Any]]]:
    conversion_id = prefixed(number, line.conversion_id)
    yield (
        "intermediate.int_conversions__converted",
        {
            "conversion_id": conversion_id,
            "line_key": _line_key(conversion_id),
            "platform": "amazon",
            "order_id": prefixed(number, line.order_id),
            "market": market,
            "asin": line.asin,
            "converted_at": line.converted_at,
            "converted_us": (line.converted_at.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1),
            "conversion_status": line.status,
            "net_amount_minor": line.net_amount_minor,
            "currency": "USD",
            "journey_key": prefixed(number, line.person),
        },
    )
    if line.code_creator:
        named = {"conversion_id": conversion_id, "creator_id": prefixed(number, line.code_creator)}
        yield "intermediate.int_promo__matched_lines", named
    if line.has_path:
        yield "intermediate.int_journeys__lines", {"line_key": _line_key(conversion_id), "eligible_touches": 1}


def _line_key(conversion_id: str | None) -> int:
    return int.from_bytes(blake2b(str(conversion_id).encode(), digest_size=7).digest())
