"""Hostile input over every route: the platform's error shape, never a fault of the server, a traceback or a hang."""

import json
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from phygital_funnel.sandbox.api.app import platform_app, sandbox_app
from phygital_funnel.sandbox.api.clock import SandboxClock
from phygital_funnel.sandbox.api.credentials import Credentials
from phygital_funnel.sandbox.api.guard import MAX_BODY
from phygital_funnel.sandbox.api.limits import Limit, Throttle
from phygital_funnel.sandbox.api.refusals import FAMILIES, FILES, family_of
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tokens import Tokens

from .hostile import JSON, JUNK, NAMES, RAW, VALUES, Wire, assert_proper, encoded, signed
from .valid_requests import bodies, queries, search_query

EXAMPLES = 60
HUGE = 10_000_000
LOGIN = "/auth/o2/token"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW")
FAMILY_NAMES = sorted(family.name for family in (*FAMILIES, FILES))
hostile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Target:
    """A sandbox whose every route can be called with what its family needs to be let in."""

    def __init__(self, world, folder):
        clock = SandboxClock(folder / "clock", datetime(2026, 10, 20, 13, tzinfo=UTC))
        self.credentials = Credentials(1)
        self.tokens = Tokens(self.credentials.amazon_clients)
        throttle = Throttle()
        throttle.limits = dict.fromkeys(throttle.limits, Limit(1e9, 10**9))
        sandbox = Sandbox(world, clock, "http://sandbox.invalid", self.credentials, self.tokens, throttle)
        self.wire = Wire(sandbox_app(sandbox))
        client = self.credentials.seller
        self.queries = queries(self.credentials, str(world["creators"]["open_id"][0]))
        self.bodies = {**bodies(self.credentials), LOGIN: {"grant_type": "refresh_token", **vars(client)}}
        self.routes = {name: [] for name in FAMILY_NAMES}
        for route in platform_app(sandbox).routes:
            assert isinstance(route, Route)
            self.routes[family_of(route.path).name].append(route)

    def posted_query(self, path):
        """What stands in the query of a request with a body."""
        if path.startswith("/v2/video"):
            return {"fields": "id,create_time,view_count"}
        return search_query(self.credentials) if family_of(path).name == "shop" else {}

    def headers(self, path):
        ours = self.credentials
        if path.startswith("/open_api/v1.3/business"):
            return {"access-token": ours.organic.access_token}
        if family_of(path).name == "display":
            return {"authorization": f"Bearer {ours.organic.access_token}", "content-type": "application/json"}
        client = ours.seller if family_of(path).name == "seller" else ours.attribution
        token = self.tokens.issue(client.client_id)
        return {
            "access-token": ours.marketing.access_token,
            "x-tts-access-token": ours.shop.access_token,
            "x-amz-access-token": token,
            "authorization": f"Bearer {token}",
            "amazon-advertising-api-clientid": client.client_id,
            "amazon-advertising-api-scope": "581234567801",
            "content-type": "application/json",
        }


@pytest.fixture(scope="module")
def target(tiny, tmp_path_factory):
    made = Target(tiny, tmp_path_factory.mktemp("fuzz"))
    yield made
    made.wire.close()


def path_of(route, draw):
    path = route.path
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + draw(st.sampled_from(JUNK) | st.text(max_size=8)).replace("{", "") + rest.partition("}")[2]
    return path


@st.composite
def request_to(draw, target, family):
    """A request that the platform would accept, and then up to three things wrong with it."""
    route = draw(st.sampled_from(target.routes[family]))
    path = path_of(route, draw)
    own = sorted(route.methods)[0]
    method = draw(st.sampled_from([own] * 12 + list(METHODS)))
    query, body = dict(target.queries.get(path, {})), dict(target.bodies.get(path, {}))
    if method == "POST":
        query = target.posted_query(path)
    for _ in range(draw(st.integers(0, 3))):
        spoil(query if method != "POST" or draw(st.integers(0, 3)) == 0 else body, draw)
    headers = target.headers(path) if draw(st.integers(0, 9)) else {}
    if draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from(["access-token", "authorization", "content-type", "content-encoding"]))
        headers[name] = draw(st.sampled_from([*JUNK, "multipart/form-data", "multipart/form-data; boundary=x"]))
    content = json.dumps(body).encode() if method == "POST" else b""
    if family == "login":
        content = encoded([(name, str(value)) for name, value in body.items()])
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
        headers["content-type"] = headers["content-type"].replace("json", "x-www-form-urlencoded")
    if draw(st.integers(0, 9)) == 0:
        content = draw(RAW)
    pairs = list(as_text(query))
    if family == "shop" and draw(st.integers(0, 9)):
        pairs = signed(path, pairs, content, target.credentials.shop)
    return method, path, encoded(pairs), headers, content


def spoil(fields, draw):
    """Change, drop or add one parameter, at any depth."""
    name = draw(st.sampled_from(sorted(fields)) | st.sampled_from(NAMES)) if fields else draw(st.sampled_from(NAMES))
    inner = fields.get(name)
    if isinstance(inner, dict) and inner and draw(st.booleans()):
        fields[name] = dict(inner)
        spoil(fields[name], draw)
    elif draw(st.integers(0, 5)) == 0:
        fields.pop(name, None)
    elif isinstance(inner, list) and draw(st.booleans()):
        fields[name] = [*inner, draw(JSON)] if draw(st.booleans()) else [draw(JSON)] * draw(st.integers(0, 3))
    else:
        fields[name] = draw(VALUES | JSON)


def as_text(query):
    """Pairs of a query string: strings as they are, lists repeated, the rest as JSON."""
    for name, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one if isinstance(one, str) else json.dumps(one)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_requests_that_are_spoilt_are_accepted_as_they_are(target, method):
    """Otherwise the fuzz test would knock at closed doors."""
    for path, fields in (target.queries if method == "GET" else target.bodies).items():
        is_shop = family_of(path).name == "shop"
        query = fields if method == "GET" else target.posted_query(path)
        body = json.dumps(fields).encode() if method == "POST" else b""
        headers = target.headers(path)
        if path == LOGIN:
            body = encoded(list(fields.items()))
            headers["content-type"] = "application/x-www-form-urlencoded"
        pairs = list(as_text(query))
        got = target.wire.send(
            method,
            path,
            encoded(signed(path, pairs, body, target.credentials.shop) if is_shop else pairs),
            headers,
            body,
        )
        assert got.status in (200, 202), (path, got.body)
        assert b'"code":' not in got.body[:8] or json.loads(got.body)["code"] == 0, (path, got.body)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_no_request_is_a_fault_of_the_server(target, family):
    @hostile
    @given(st.data())
    def check(data):
        method, path, query, headers, body = data.draw(request_to(target, family))
        assert_proper(path, method, target.wire.send(method, path, query, headers, body))

    check()


POSTED = {
    "tiktok": "/open_api/v1.3/report/task/create/",
    "shop": "/order/202309/orders/search",
    "login": "/auth/o2/token",
    "ads": "/attribution/report",
    "reporting": "/reporting/reports",
    "seller": "/reports/2021-06-30/reports",
    "storage": "/_blob/x",
    "files": "/drop/",
}


@pytest.mark.parametrize("path", POSTED.values(), ids=POSTED)
def test_a_body_of_ten_megabytes_is_refused_in_the_familys_shape(target, path):
    got = target.wire.send("POST", path, headers=target.headers(path), body=b"x" * HUGE)
    assert_proper(path, "POST", got)
    assert got.status in (200, 400, 413)
    assert got.status != 200 or json.loads(got.body)["code"] != 0


def test_a_body_of_just_the_allowed_size_is_read(target):
    path = POSTED["ads"]
    got = target.wire.send("POST", path, headers=target.headers(path), body=b" " * (MAX_BODY - 2) + b"{}")
    assert got.status == 400
    assert "date" in json.loads(got.body)["details"].lower()


UNKNOWN = {
    "/open_api/v1.3/nowhere/": 40400,
    "/open_api/v9/campaign/get/": 40400,
    "/order/209901/orders": 36009009,
    "/order/202309/orders/search": 36009010,
}


@pytest.mark.parametrize(("path", "code"), UNKNOWN.items())
def test_an_unknown_path_gets_tiktoks_code_in_status_200(target, path, code):
    got = target.wire.send("GET", path, headers=target.headers(path))
    assert (got.status, json.loads(got.body)["code"]) == (200, code)


@pytest.mark.parametrize(
    "path",
    ["/attribution/nowhere", "/reporting/nowhere", "/orders/nowhere", "/auth/nowhere", "/_nowhere", "/nowhere", "/"],
)
def test_an_unknown_path_is_not_found_in_the_familys_shape(target, path):
    got = target.wire.send("GET", path)
    assert got.status == 404
    assert_proper(path, "GET", got)


@pytest.mark.parametrize(
    "path",
    [
        "/drop/../../etc/passwd",
        "/drop/links/clicks/..%2f..%2fsecret.csv",
        "/drop/reference/../../sandbox/credentials/amazon_ads.json.csv",
        "//drop//reference",
        "/drop/reference/\x00.csv",
        "/drop/links/clicks/2026-10-01.csv/",
        "/_blob/../auth/o2/token",
        "/v2/profiles/..",
    ],
)
def test_path_tricks_lead_nowhere(target, path):
    for form in (path, unquote(path)):
        got = target.wire.send("GET", form, headers=target.headers(form))
        assert got.status in (400, 404)
        assert b"client_secret" not in got.body


def test_a_bug_of_ours_ends_in_the_familys_server_error_and_is_logged(tiny, tmp_path, caplog, monkeypatch):
    """Without this, the fuzz test could not tell a fault from an answer."""

    def fail(*args):
        raise ZeroDivisionError

    made = Target(tiny, tmp_path)
    monkeypatch.setattr(Throttle, "admits", fail)
    seen = {
        path: made.wire.send("GET", path, headers=made.headers(path)) for path in ("/v2/profiles", "/orders/v0/orders")
    }
    assert [got.status for got in seen.values()] == [500, 500]
    assert json.loads(seen["/v2/profiles"].body) == {"code": "500", "details": "Internal Server Error"}
    assert json.loads(seen["/orders/v0/orders"].body)["errors"][0]["code"] == "InternalFailure"
    assert "ZeroDivisionError" in caplog.text
    with pytest.raises(AssertionError):
        assert_proper("/v2/profiles", "GET", seen["/v2/profiles"])
    made.wire.close()
