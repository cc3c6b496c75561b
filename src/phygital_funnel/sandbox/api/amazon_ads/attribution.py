"""Amazon Attribution: advertisers, publishers, tags and reports (api-contracts 6)."""

from collections.abc import Iterable
from threading import Lock

import orjson
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_ads.access import Call, Gate, Refused, json_object, json_response
from phygital_funnel.sandbox.api.amazon_ads.report_request import PERFORMANCE, ReportRequest, cursor, parse
from phygital_funnel.sandbox.api.amazon_ads.sheets import PUBLISHER, Sheet, Sheets
from phygital_funnel.sandbox.api.state import Sandbox, ads_error
from phygital_funnel.sandbox.world.catalogue import BRAND, Market
from phygital_funnel.sandbox.world.times import micros

ELIGIBLE_COUNTRIES = frozenset({"US", "CA", "MX", "UK", "DE", "FR", "IT", "ES", "NL"})
"""Where Amazon offers Attribution; profiles elsewhere are refused."""
NOT_ELIGIBLE = "This profileID is not authorized to use Amazon Attribution"
PUBLISHERS = (
    {"id": "1", "name": "Google Ads", "macroEnabled": True},
    {"id": "2", "name": "Facebook", "macroEnabled": True},
    {"id": "12", "name": PUBLISHER, "macroEnabled": False},
)
TOP_PRODUCTS = 100
"""PRODUCTS reports are cut to this many products per campaign."""
_MACROS = {
    "1": ("{campaignid}", "{adgroupid}", "ad-{creative}_{targetid}_dev-{device}_ext-{feeditemid}"),
    "2": ("{{campaign.id}}", "{{adset.id}}", "{{ad.id}}"),
}
_TEMPLATE = ("{campaignId}", "{adgroupId}", "{creativeId}")


class Attribution:
    """Amazon Attribution of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._gate = Gate(sandbox, ads_error)
        self._sheets = Sheets(sandbox.world)
        self._counting = Lock()

    def routes(self) -> list[Route]:
        """The endpoints served."""
        guarded = self._gate.guarded
        return [
            Route("/attribution/advertisers", guarded("attribution", _advertisers)),
            Route("/attribution/publishers", guarded("attribution", _publishers)),
            Route("/attribution/tags/macroTag", guarded("attribution", _macro_tags)),
            Route("/attribution/tags/nonMacroTemplateTag", guarded("attribution", _template_tags)),
            Route("/attribution/report", guarded("attribution", self._report), methods=["POST"]),
        ]

    def _report(self, call: Call) -> Response:
        market = _eligible(call)
        wanted = parse(json_object(call.body), self._sandbox.now.date())
        _check_advertisers(market, wanted.advertisers)
        sheet = self._sheet(market, wanted)
        rows = sheet.between(wanted.first, wanted.last)
        if wanted.kind != PERFORMANCE:
            rows = sheet.top_products(rows, TOP_PRODUCTS)
        start = wanted.page * wanted.count
        page = rows[start : start + wanted.count]
        written = sheet.rows(wanted.metrics)
        following = cursor(wanted.page + 1) if start + wanted.count < len(rows) else None
        end = orjson.dumps({"cursorId": following, "size": len(page)})
        body = b'{"reports":[' + b",".join([written[row] for row in page]) + b"]," + end[1:]
        return Response(body, media_type="application/json")

    def _sheet(self, market: Market, wanted: ReportRequest) -> Sheet:
        now = micros(self._sandbox.now)
        # One request counts, and those that come meanwhile find it done.
        with self._counting:
            if wanted.kind == PERFORMANCE:
                return self._sheets.performance(market.profile_id, wanted.level, now)
            return self._sheets.products(market.profile_id, now)


def _eligible(call: Call) -> Market:
    market = call.market
    if market is None or market.ads_country not in ELIGIBLE_COUNTRIES:
        raise Refused(403, NOT_ELIGIBLE)
    return market


def _advertiser_id(market: Market) -> str:
    """A seller's profile has one advertiser."""
    return f"58{int(market.profile_id[-2:]):016d}"


def _check_advertisers(market: Market, wanted: Iterable[str]) -> None:
    unknown = sorted(set(wanted) - {_advertiser_id(market)})
    if unknown:
        raise Refused(400, f"Invalid advertiser identifier: {', '.join(unknown)[:200]}.")


def _advertisers(call: Call) -> Response:
    advertiser = {"advertiserId": _advertiser_id(_eligible(call)), "advertiserName": BRAND}
    return json_response({"advertisers": [advertiser]})


def _publishers(call: Call) -> Response:
    _eligible(call)
    return json_response({"publisher": PUBLISHERS})


def _macro_tags(call: Call) -> Response:
    return _tags(call, is_macro=True)


def _template_tags(call: Call) -> Response:
    return _tags(call, is_macro=False)


def _tags(call: Call, *, is_macro: bool) -> Response:
    market = _eligible(call)
    wanted = _listed(call, "publisherIds")
    if not wanted:
        raise Refused(400, "publisherIds is required.")
    _check_advertisers(market, _listed(call, "advertiserIds"))
    known = {str(publisher["id"]) for publisher in PUBLISHERS if publisher["macroEnabled"] is is_macro}
    unknown = [publisher for publisher in wanted if publisher not in known]
    if unknown:
        raise Refused(400, f"Publisher not supported: {', '.join(unknown)[:200]}.")
    tags = {publisher: _tag(market, publisher, is_macro=is_macro) for publisher in wanted}
    return json_response({"advertiserAttributionTagMap": {_advertiser_id(market): tags}})


def _listed(call: Call, name: str) -> list[str]:
    """A query parameter that may be repeated, comma-joined, or both."""
    values = ",".join(call.request.query_params.getlist(name))
    return [part.strip() for part in values.split(",") if part.strip()]


def _tag(market: Market, publisher: str, *, is_macro: bool) -> str:
    campaign, ad_group, creative = _MACROS[publisher] if is_macro else _TEMPLATE
    kind = "macro" if is_macro else "static"
    return (
        f"?maas=maas_adg_api_{market.profile_id}_{kind}_{publisher}_99&ref_=aa_maas&tag=maas"
        f"&aa_campaignid={campaign}&aa_adgroupid={ad_group}&aa_creativeid={creative}"
    )
