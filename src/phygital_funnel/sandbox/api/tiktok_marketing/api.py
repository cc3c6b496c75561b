"""TikTok Marketing API v1.3: OAuth, entities, and reports, at once or as tasks (api-contracts 1)."""

from collections.abc import Callable
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api import refusals
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_marketing.entities import Entities
from phygital_funnel.sandbox.api.tiktok_marketing.gmv_max import GmvMax
from phygital_funnel.sandbox.api.tiktok_marketing.oauth import Authorisation
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, Refused
from phygital_funnel.sandbox.api.tiktok_marketing.query import ReportQuery, read_query
from phygital_funnel.sandbox.api.tiktok_marketing.reports import AD_LIMIT, Reports
from phygital_funnel.sandbox.api.tiktok_marketing.tables import Tables
from phygital_funnel.sandbox.api.tiktok_marketing.tasks import Tasks

PREFIX = "/open_api/v1.3"
MAX_PAGE = 1000
THROTTLED_ADS = {
    "X-Tt-Ads-Throttle": f"More than {AD_LIMIT} ads match the request; only the newest {AD_LIMIT} are returned."
}

_Answer = dict[str, Any] | Response
_Handler = Callable[[Parameters, str], _Answer]
"""Answers a request from its parameters and its access token."""


class TikTok:
    """The Marketing API of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._entities = Entities(sandbox)
        self._tables = Tables(sandbox)
        self._reports = Reports(sandbox, self._entities, self._tables)
        self._gmv_max = GmvMax(sandbox, self._entities, self._tables)
        self._tasks = Tasks(sandbox, self._lines)
        self._authorisation = Authorisation(sandbox)

    def prepare(self) -> None:
        """Work out what every report is made of, so that the first one does not have to."""
        self._tables.prepare()

    def routes(self) -> list[Route]:
        """The endpoints served."""
        reading: dict[str, _Handler] = {
            "user/info": lambda parameters, token: self._authorisation.user(),
            "advertiser/info": lambda parameters, token: self._entities.advertisers(parameters),
            "campaign/get": lambda parameters, token: self._entities.listing("campaign", parameters),
            "adgroup/get": lambda parameters, token: self._entities.listing("adgroup", parameters),
            "ad/get": lambda parameters, token: self._entities.listing("ad", parameters),
            "report/integrated/get": self._report,
            "report/task/check": self._tasks.check,
            "report/task/download": self._download,
            "gmv_max/report/get": lambda parameters, token: self._gmv_max.report(parameters),
        }
        writing: dict[str, _Handler] = {"report/task/create": self._create, "report/task/cancel": self._tasks.cancel}
        return [
            Route(f"{PREFIX}/oauth2/access_token/", self._endpoint(self._exchange, is_open=True), methods=["POST"]),
            Route(f"{PREFIX}/oauth2/advertiser/get/", self._endpoint(self._advertisers, is_open=True)),
            *(Route(f"{PREFIX}/{path}/", self._endpoint(handler)) for path, handler in reading.items()),
            *(
                Route(f"{PREFIX}/{path}/", self._endpoint(handler), methods=["POST"])
                for path, handler in writing.items()
            ),
            Route("/_blob/rpt_{number}.csv", self._file),
        ]

    def _endpoint(self, handler: _Handler, *, is_open: bool = False) -> Callable[[Request], Any]:
        """An endpoint; an open one needs no access token."""

        async def answer(request: Request) -> Response:
            body = await request.body() if request.method == "POST" else b""

            def work() -> Response:
                token = "" if is_open else self._admit(request)
                query = Parameters(request.query_params, is_query=True)
                answered = handler(Parameters.of_body(body) if request.method == "POST" else query, token)
                return answered if isinstance(answered, Response) else self._sandbox.tiktok(answered)

            try:
                return await to_thread.run_sync(work)
            except Refused as refusal:
                return self._sandbox.tiktok({}, refusal.code, str(refusal))

        return answer

    def _admit(self, request: Request) -> str:
        token = self._authorisation.token_of(request)
        if not self._sandbox.throttle.admits("tiktok", token):
            raise Refused(40100, "Too many requests. Please retry in some time.")
        return token

    def _exchange(self, parameters: Parameters, token: str) -> dict[str, Any]:
        return self._authorisation.exchange(parameters, self._entities.advertiser_ids)

    def _advertisers(self, parameters: Parameters, token: str) -> dict[str, Any]:
        self._authorisation.check_app(parameters)
        return self._entities.names()

    def _report(self, parameters: Parameters, token: str) -> _Answer:
        query = read_query(parameters)
        page, size = parameters.whole("page", 1), parameters.whole("page_size", 10, MAX_PAGE)
        found = self._reports.find(query)
        data = self._reports.page(found, page, size)
        if parameters.flag("enable_total_metrics"):
            data = {"total_metrics": self._reports.total(found), **data}
        response = self._sandbox.tiktok(data)
        if found.is_truncated:
            response.headers.update(THROTTLED_ADS)
        return response

    def _create(self, parameters: Parameters, token: str) -> dict[str, Any]:
        if not self._sandbox.throttle.admits("tiktok_report_task", token):
            raise Refused(40100, "Too many requests. Please retry in some time.")
        self._entities.market(parameters.required("advertiser_id"))
        return self._tasks.create(parameters, token)

    def _download(self, parameters: Parameters, token: str) -> _Answer:
        task = self._tasks.finished(parameters, token)
        if task.output_format != "CSV_STRING":
            return self._tasks.link(task)
        return Response(
            self._tasks.csv(task), media_type="text/csv", headers={"X-Tt-Logid": self._sandbox.request_id()}
        )

    def _lines(self, query: ReportQuery) -> Any:
        return self._reports.lines(self._reports.find(query))

    async def _file(self, request: Request) -> Response:
        exp, sig = (request.query_params.get(name, "") for name in ("exp", "sig"))
        task = self._tasks.linked(f"rpt_{request.path_params['number']}", exp, sig)
        if task is None:
            return refusals.refuse(self._sandbox, request.url.path, "expired_document")
        content = await to_thread.run_sync(self._tasks.csv, task)
        disposition = 'attachment; filename="report.csv"'
        return Response(content, media_type="text/csv", headers={"Content-Disposition": disposition})
