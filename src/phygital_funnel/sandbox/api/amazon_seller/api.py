"""The Selling Partner API of a sandbox: orders (two versions), sales, reports, sellers, restricted tokens."""

from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_seller.gate import Call, Gate
from phygital_funnel.sandbox.api.amazon_seller.orders_current import CurrentOrders
from phygital_funnel.sandbox.api.amazon_seller.orders_v0 import OldOrders
from phygital_funnel.sandbox.api.amazon_seller.page_tokens import PageTokens
from phygital_funnel.sandbox.api.amazon_seller.report_request import json_object
from phygital_funnel.sandbox.api.amazon_seller.report_types import SellerData, report_types
from phygital_funnel.sandbox.api.amazon_seller.reports import Reports
from phygital_funnel.sandbox.api.amazon_seller.restricted import RestrictedTokens
from phygital_funnel.sandbox.api.amazon_seller.sales_metrics import SalesMetrics
from phygital_funnel.sandbox.api.amazon_seller.sellers import Sellers
from phygital_funnel.sandbox.api.amazon_seller.wire import json_answer
from phygital_funnel.sandbox.api.state import Sandbox

RESTRICTED_TOKENS = "/tokens/2021-03-01/restrictedDataToken"


class Seller:
    """One seller's account in every marketplace of the world; all regions are served by one base url."""

    def __init__(self, sandbox: Sandbox) -> None:
        data = SellerData(sandbox.world)
        tokens = PageTokens(sandbox.credentials.secret("page tokens"), sandbox.monotonic)
        markets = tuple(market for market in sandbox.world.markets if market.has_amazon)
        self._restricted = RestrictedTokens(sandbox)
        self._gate = Gate(sandbox, self._restricted)
        self._parts = (
            CurrentOrders(self._gate, lambda: data.book, tokens),
            OldOrders(self._gate, lambda: data.book, tokens),
            SalesMetrics(self._gate, lambda: data.facts, markets),
            Reports(sandbox, self._gate, report_types(data), tokens),
            Sellers(self._gate, markets),
        )

    def routes(self) -> list[Route]:
        """The endpoints served."""
        restricted = self._gate.route(RESTRICTED_TOKENS, "createRestrictedDataToken", self._restrict, "POST")
        return [*(route for part in self._parts for route in part.routes()), restricted]

    def _restrict(self, call: Call) -> Response:
        return json_answer(self._restricted.issue(json_object(call.body)))
