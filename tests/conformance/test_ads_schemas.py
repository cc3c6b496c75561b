"""Answers of the Amazon Ads API against Amazon's own OpenAPI files."""

import copy
import json
import re

import jsonschema
import pytest
import requests

from . import ads_schemas
from .patience import patiently

ATTRIBUTION, REPORTING, PROFILES = "AmazonAttribution", "ReportingVersion3", "AccountsProfiles"


class Throttled(Exception):
    """The platform wants to be asked later."""


@pytest.fixture
def ask(sandbox, credentials, world):
    """A plain request with the headers that Amazon's guides show."""
    app = credentials.attribution
    granted = requests.post(
        f"{sandbox.base_url}/auth/o2/token", data={"grant_type": "refresh_token", **vars(app)}, timeout=30
    ).json()
    headers = {
        "Authorization": f"Bearer {granted['access_token']}",
        "Amazon-Advertising-API-ClientId": app.client_id,
        "Amazon-Advertising-API-Scope": next(m.profile_id for m in reversed(world.markets) if m.has_amazon),
    }

    def once(method, path, **arguments):
        changed = headers | arguments.pop("headers", {})
        answer = requests.request(method, f"{sandbox.base_url}{path}", headers=changed, timeout=30, **arguments)
        if answer.status_code == 429:
            raise Throttled
        return answer

    return lambda *args, **kwargs: patiently(
        lambda: once(*args, **copy.deepcopy(kwargs)), lambda error: isinstance(error, Throttled)
    )


def days(world):
    return {"startDate": f"{world.size.start:%Y%m%d}", "endDate": f"{world.size.settled_moment:%Y%m%d}"}


@pytest.mark.parametrize(
    ("path", "schema", "parameters"),
    [
        ("/attribution/advertisers", "AdvertiserResponse", {}),
        ("/attribution/publishers", "PublishersResponse", {}),
        ("/attribution/tags/macroTag", "AttributionTagResponse", {"publisherIds": ["1"]}),
        ("/attribution/tags/nonMacroTemplateTag", "AttributionTagResponse", {"publisherIds": ["12"]}),
    ],
)
def test_what_attribution_lists_is_what_the_file_describes(ask, path, schema, parameters):
    answer = ask("GET", path, params=parameters)
    assert answer.status_code == 200, answer.text
    ads_schemas.validate(ATTRIBUTION, schema, answer.json())
    assert next(iter(answer.json().values()))


@pytest.mark.parametrize(
    "wanted",
    [{"groupBy": "CAMPAIGN"}, {"groupBy": "ADGROUP"}, {"groupBy": "CREATIVE", "count": 5}, {"reportType": "PRODUCTS"}],
)
def test_attribution_reports_are_what_the_file_describes(ask, world, now, wanted):
    last = {"startDate": f"{now.date().replace(day=1):%Y%m%d}", "endDate": f"{now:%Y%m%d}"}
    answer = ask("POST", "/attribution/report", json=(last if "reportType" in wanted else days(world)) | wanted)
    assert answer.status_code == 200, answer.text
    ads_schemas.validate(ATTRIBUTION, "ReportResponse", answer.json())


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        ("/attribution/report", {"headers": {"Amazon-Advertising-API-Scope": "1"}}, 403),
        ("/attribution/report", {"json": {"startDate": "x"}}, 400),
        ("/attribution/report", {"headers": {"Authorization": "Bearer Atza|gone"}}, 401),
    ],
)
def test_refusals_of_attribution_are_what_the_file_describes(ask, world, path, change, status):
    answer = ask("POST", path, **{"json": days(world)} | change)
    assert answer.status_code == status, answer.text
    ads_schemas.validate(ATTRIBUTION, "MaaSError", answer.json())
    assert answer.json()["code"] == str(status)


def test_the_profiles_are_what_the_file_describes(ask, world):
    answer = ask("GET", "/v2/profiles")
    assert len(answer.json()) == sum(market.has_amazon for market in world.markets)
    for profile in answer.json():
        ads_schemas.validate(PROFILES, "Profile", profile)


def test_every_state_of_a_v3_report_is_what_the_file_describes(ask, world):
    """Created, asked for a second time, on its way, done; another one deleted before it is."""
    wanted = {
        "name": "conformance",
        "startDate": world.size.settled_moment.date().replace(day=1).isoformat(),
        "endDate": world.size.settled_moment.date().replace(day=4).isoformat(),
        "configuration": {
            "adProduct": "SPONSORED_PRODUCTS",
            "groupBy": ["campaign"],
            "columns": ["date", "campaignId", "campaignName", "impressions", "clicks", "cost"],
            "reportTypeId": "spCampaigns",
            "timeUnit": "DAILY",
            "format": "GZIP_JSON",
            "filters": None,
        },
    }
    typed = {"Content-Type": "application/vnd.createasyncreportrequest.v3+json"}
    created = ask("POST", "/reporting/reports", data=json.dumps(wanted), headers=typed)
    assert created.status_code == 200, created.text
    ads_schemas.validate(REPORTING, "AsyncReport", created.json())
    again = ask("POST", "/reporting/reports", data=json.dumps(wanted), headers=typed)
    assert again.status_code == 425
    ads_schemas.validate(REPORTING, "AsyncReportingError", again.json())
    path = f"/reporting/reports/{created.json()['reportId']}"
    states = []
    while "COMPLETED" not in states and len(states) < 20:
        status = ask("GET", path)
        ads_schemas.validate(REPORTING, "AsyncReport", status.json())
        states.append(status.json()["status"])
    assert states[-1] == "COMPLETED"
    assert requests.get(status.json()["url"], timeout=30).content[:2] == b"\x1f\x8b"
    other = wanted | {"endDate": world.size.settled_moment.date().replace(day=5).isoformat()}
    created = ask("POST", "/reporting/reports", data=json.dumps(other), headers=typed)
    deleted = ask("DELETE", f"/reporting/reports/{created.json()['reportId']}")
    assert deleted.status_code == 200, deleted.text
    ads_schemas.validate(REPORTING, "DeleteAsyncReportResponse", deleted.json())


@pytest.mark.parametrize("change", [{"endDate": "2027-09-30"}, {"startDate": "soon"}, {"configuration": {}}])
def test_refusals_of_v3_reports_are_what_the_file_describes(ask, change):
    wanted = {"startDate": "2026-10-01", "endDate": "2026-10-02"} | change
    answer = ask("POST", "/reporting/reports", json=wanted)
    assert answer.status_code == 400, answer.text
    ads_schemas.validate(REPORTING, "AsyncReportingError", answer.json())


def test_the_schemas_refuse_what_they_do_not_describe():
    """A check of the check: a wrong type, an unknown field and a missing one."""
    row = {"campaignId": 1}
    for name, schema, answer in (
        (ATTRIBUTION, "ReportResponse", {"reports": [row], "cursorId": None, "size": 1}),
        (ATTRIBUTION, "ReportResponse", {"reports": [], "cursor": None}),
        (REPORTING, "AsyncReport", {"reportId": "1"}),
    ):
        with pytest.raises(jsonschema.ValidationError, match=re.compile("type|unexpected|required")):
            ads_schemas.validate(name, schema, answer)
