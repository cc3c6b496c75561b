"""Sellers v1: the marketplaces a seller takes part in, which many clients ask for first."""

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_seller.gate import Call, Gate
from phygital_funnel.sandbox.api.amazon_seller.wire import json_answer
from phygital_funnel.sandbox.world.catalogue import BRAND, Market

PATH = "/sellers/v1/marketplaceParticipations"
_LANGUAGES = {"US": "en_US", "GB": "en_GB", "FR": "fr_FR", "DE": "de_DE", "JP": "ja_JP"}


class Sellers:
    """What the seller's account covers.

    Args:
        gate: admits requests.
        markets: those with an Amazon storefront.
    """

    def __init__(self, gate: Gate, markets: Iterable[Market]) -> None:
        self._gate = gate
        self._body = {"payload": [_participation(market) for market in markets]}

    def routes(self) -> list[Route]:
        """The endpoint served."""
        return [self._gate.route(PATH, "getMarketplaceParticipations", self._list)]

    def _list(self, call: Call) -> Response:
        return json_answer(self._body)


def _participation(market: Market) -> dict[str, Any]:
    return {
        "marketplace": {
            "id": market.marketplace_id,
            "name": market.sales_channel,
            "countryCode": market.country,
            "defaultCurrencyCode": market.currency,
            "defaultLanguageCode": _LANGUAGES[market.country],
            "domainName": f"www.{market.amazon_domain}",
        },
        "participation": {"isParticipating": True, "hasSuspendedListings": False},
        "storeName": BRAND,
    }
