"""How each stream of the Marketing API is asked for."""

from dataclasses import dataclass
from typing import Any

REPORT_PATH = "/report/integrated/get/"
# Without these filters the platform hides deleted entities, and their spend with them.
ALL_ENTITIES = {"primary_status": "STATUS_ALL"}
ALL_ADS = [{"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]


@dataclass(frozen=True)
class Lookup:
    """An endpoint that is given ids and tells of these, all at once.

    Args:
        path: of the endpoint.
        ids: the parameter that takes the list of ids.
    """

    path: str
    ids: str

    def query(self, account: str, columns: tuple[str, ...]) -> dict[str, Any]:
        """Parameters for one account."""
        return {self.ids: [account], "fields": list(columns)}


@dataclass(frozen=True)
class Listing:
    """A paged list of an advertiser's objects as they are now, deleted ones included.

    Args:
        path: of the endpoint.
    """

    path: str

    def query(self, account: str, columns: tuple[str, ...]) -> dict[str, Any]:
        """Parameters for one account; only the stream's columns are asked for, of a hundred fields."""
        return {"advertiser_id": account, "fields": list(columns), "filtering": ALL_ENTITIES}


@dataclass(frozen=True)
class Report:
    """A paged synchronous report about an advertiser's ads.

    Args:
        dimensions: the id and the time of a row.
        metrics: figures asked for.
        data_level: what the id names.
    """

    dimensions: tuple[str, str]
    metrics: tuple[str, ...]
    data_level: str = "AUCTION_AD"
    path: str = REPORT_PATH

    def query(self, account: str, columns: tuple[str, ...]) -> dict[str, Any]:
        """Parameters for one account, but for the dates."""
        return {
            "advertiser_id": account,
            "report_type": "BASIC",
            "service_type": "AUCTION",
            "data_level": self.data_level,
            "dimensions": list(self.dimensions),
            "metrics": list(self.metrics),
            "filtering": ALL_ADS,
        }
