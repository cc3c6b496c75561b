"""Login with Amazon: grants, tokens that expire, and what each kind of bad request gets."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from .samples import assert_same_shape, sample

NOW = "2026-11-06T13:00:00"
URL = "/auth/o2/token"


def ask(servers, **change):
    client = servers.sandbox.credentials.attribution
    form = {"grant_type": "refresh_token", **vars(client)} | change
    return servers.api.post(URL, data={name: value for name, value in form.items() if value is not None})


def test_a_token_has_the_documented_shape_and_lasts_an_hour(serve_at):
    answer = ask(serve_at(NOW))
    assert_same_shape(answer.json(), sample("lwa_token"))
    assert answer.json()["expires_in"] == 3600
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"refresh_token": "Atzr|wrong"}, 400, "invalid_grant"),
        ({"refresh_token": "Atzr|\u00e9\u4e00"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"refresh_token": None}, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, 400, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "wrong"}, 400, "invalid_grant"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(serve_at, change, status, error):
    answer = ask(serve_at(NOW), **change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert_same_shape(answer.json(), sample("lwa_error_invalid_grant"))


def test_a_wrong_refresh_token_is_refused_word_for_word(serve_at):
    assert ask(serve_at(NOW), **{"refresh_token": "wrong"}).json() == sample("lwa_error_invalid_grant")


def test_an_authorisation_code_is_good_once(serve_at):
    servers = serve_at(NOW)
    code = {"grant_type": "authorization_code", "code": servers.sandbox.credentials.attribution.auth_code}
    first = ask(servers, **code, refresh_token=None)
    assert first.json()["refresh_token"] == servers.sandbox.credentials.attribution.refresh_token
    assert ask(servers, **code).json()["error"] == "invalid_grant"


def test_the_code_of_one_application_is_nothing_to_another(serve_at):
    servers = serve_at(NOW)
    code = servers.sandbox.credentials.seller.auth_code
    assert ask(servers, grant_type="authorization_code", code=code).json()["error"] == "invalid_grant"


def test_json_and_basic_authentication_are_accepted(serve_at):
    """Some clients send the parameters as JSON, and generic OAuth clients name themselves in a header."""
    servers = serve_at(NOW)
    client = servers.sandbox.credentials.attribution
    assert servers.api.post(URL, json={"grant_type": "refresh_token", **vars(client)}).status_code == 200
    pair = base64.b64encode(f"{client.client_id}:{client.client_secret}".encode()).decode()
    form = {"grant_type": "refresh_token", "refresh_token": client.refresh_token}
    assert servers.api.post(URL, data=form, headers={"Authorization": f"Basic {pair}"}).status_code == 200
    assert servers.api.post(URL, data=form, headers={"Authorization": "Basic ?"}).status_code == 400


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b"[" * 5000),
        ("application/x-www-form-urlencoded", b"\xff=\xff"),
        ("application/x-www-form-urlencoded", b"a=b&" * 5000),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("", b"%%%"),
    ],
)
def test_a_body_that_cannot_be_read_is_an_invalid_request(serve_at, media_type, body):
    answer = serve_at(NOW).api.post(URL, content=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_calls_at_the_same_moment_all_get_tokens_that_work(serve_at):
    servers = serve_at(NOW)
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: ask(servers).json()["access_token"], range(16)))
    assert len(set(tokens)) == 16
    headers = servers.ads_headers()
    for token in tokens:
        headers["Authorization"] = f"Bearer {token}"
        assert servers.api.get("/v2/profiles", headers=headers).status_code == 200


def test_a_lifetime_can_be_shortened(serve_at):
    servers = serve_at(NOW)
    servers.sandbox.tokens.lifetime = 30
    headers = servers.ads_headers()
    assert ask(servers).json()["expires_in"] == 30
    servers.ticker.seconds += 29
    assert servers.api.get("/v2/profiles", headers=headers).status_code == 200
    servers.ticker.seconds += 1
    assert servers.api.get("/v2/profiles", headers=headers).status_code == 401


def test_expired_tokens_are_forgotten(serve_at):
    servers = serve_at(NOW)
    for _ in range(3):
        ask(servers)
    servers.ticker.seconds += 3600
    ask(servers)
    assert len(servers.sandbox.tokens._issued) == 1


def test_the_applications_of_the_ads_host_open_it_and_the_sellers_does_not(serve_at):
    servers = serve_at(NOW)
    credentials = servers.sandbox.credentials
    found = {}
    for name in ("attribution", "ads", "seller"):
        client = getattr(credentials, name)
        headers = servers.ads_headers() | {
            "Authorization": f"Bearer {servers.token(client)}",
            "Amazon-Advertising-API-ClientId": client.client_id,
        }
        found[name] = [
            servers.api.get(path, headers=headers).status_code
            for path in ("/v2/profiles", "/attribution/publishers", "/reporting/reports/none")
        ]
    assert found == {"attribution": [200, 200, 404], "ads": [200, 200, 404], "seller": [401, 401, 401]}


def test_a_token_works_only_with_the_id_of_its_own_application(serve_at):
    servers = serve_at(NOW)
    headers = servers.ads_headers()
    headers["Amazon-Advertising-API-ClientId"] = servers.sandbox.credentials.ads.client_id
    assert servers.api.get("/v2/profiles", headers=headers).status_code == 401
