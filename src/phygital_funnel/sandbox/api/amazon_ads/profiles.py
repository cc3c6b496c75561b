"""Profiles of the Amazon Ads API: one per marketplace that the brand sells in (api-contracts 5)."""

from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_ads.access import Call, Gate, Refused, json_response
from phygital_funnel.sandbox.api.state import Sandbox, ads_error
from phygital_funnel.sandbox.world.catalogue import BRAND, Market

UNLIMITED_BUDGET = 999999999.0
"""What a seller's profile shows while it has no daily budget."""


class Profiles:
    """The profiles that the brand's applications reach; filters in the query are ignored."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._gate = Gate(sandbox, ads_error)
        self._profiles = [_profile(market) for market in sandbox.world.markets if market.has_amazon]

    def routes(self) -> list[Route]:
        """The endpoints served."""
        return [
            Route("/v2/profiles", self._gate.guarded("attribution", self._list)),
            Route("/v2/profiles/{profile_id}", self._gate.guarded("attribution", self._get)),
        ]

    def _list(self, call: Call) -> Response:
        return json_response(self._profiles)

    def _get(self, call: Call) -> Response:
        wanted = call.request.path_params["profile_id"]
        for profile in self._profiles:
            if str(profile["profileId"]) == wanted:
                return json_response(profile)
        raise Refused(404, "Could not find the profile.")


def _profile(market: Market) -> dict[str, object]:
    return {
        "profileId": int(market.profile_id),
        "countryCode": market.ads_country,
        "currencyCode": market.currency,
        "dailyBudget": UNLIMITED_BUDGET,
        "timezone": market.timezone,
        "accountInfo": {
            "marketplaceStringId": market.marketplace_id,
            "id": f"ENTITYSBX{market.profile_id[-2:].lstrip('0')}",
            "type": "seller",
            "name": BRAND,
            "validPaymentMethod": True,
        },
    }
