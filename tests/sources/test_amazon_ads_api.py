"""What the clients of the Amazon Ads host share: renewed tokens, waits as asked, errors that say what to do."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from phygital_funnel.errors import AuthError, RateLimited, RequestRefused, SourceError, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources import amazon_auth
from phygital_funnel.sources.amazon_ads.client import PATH, AmazonAdsReports
from phygital_funnel.sources.amazon_ads_api import AmazonAdsApi, InternalError, Operation

from .replay import Replay, serving

TOKEN = ("POST", "/auth/o2/token")
ANY = Operation("any", 1, 10)
Home = Callable[..., Settings]


@pytest.fixture(autouse=True)
def _no_earlier_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amazon_auth, "_TOKENS", {})


@contextmanager
def api(home_of: Home, *exchanges: dict[str, Any]) -> Iterator[tuple[AmazonAdsApi, Replay]]:
    """A client of a server that answers GET /x with the exchanges, and every sign-in with another token."""
    granted = [
        {"method": "POST", "path": TOKEN[1], "json": {"access_token": f"Atza|{number}", "expires_in": 3600}}
        for number in range(3)
    ]
    answers = [{"method": "GET", "path": "/x", **exchange} for exchange in exchanges]
    with (
        serving(Replay([*granted, *answers])) as replay,
        closing(AmazonAdsApi(home_of(replay.url), "amazon_ads")) as made,
    ):
        yield made, replay


def error_of(home_of: Home, profile: str = "58", **exchange: Any) -> SourceError:
    with api(home_of, exchange) as (client, _), pytest.raises(SourceError) as caught:
        client.call_once(ANY, "GET", "/x", where="things of 58", profile=profile)
    return caught.value


def test_a_refused_token_is_renewed_once_and_the_new_one_is_used(home_of: Home) -> None:
    with api(home_of, {"status": 401}, {"json": [1]}) as (client, replay):
        assert client.call_once(ANY, "GET", "/x", where="things").body == [1]
        used = [request.headers["Authorization"] for request in replay.requests if request.path == "/x"]
    assert used == ["Bearer Atza|0", "Bearer Atza|1"]


def test_a_token_that_is_refused_again_is_the_credentials(home_of: Home) -> None:
    with api(home_of, {"status": 401, "json": {"details": "Unauthorized"}}) as (client, replay):
        with pytest.raises(AuthError, match=r"PHYGITAL_AMAZON_ADS_ACCOUNTS names a profile of the credentials\. Renew"):
            client.call(ANY, "GET", "/x", where="things", profile="58")
        assert len([request for request in replay.requests if request.path == "/x"]) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("", None), ("-1", None), ("inf", None), ("nan", None), ("soon", None)],
)
def test_a_wait_is_taken_from_the_answer_when_it_is_one(home_of: Home, header: str, seconds: float | None) -> None:
    error = error_of(home_of, status=429, headers={"Retry-After": header} if header else {})
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRefused), (403, AuthError), (404, RequestRefused), (415, RequestRefused), (425, RequestRefused),
        (500, InternalError), (502, SourceUnreachable), (503, SourceUnreachable), (504, SourceUnreachable),
        (301, RequestRefused), (204, RequestRefused),
    ],
)  # fmt: skip
def test_every_status_leads_to_its_error(home_of: Home, status: int, kind: type[SourceError]) -> None:
    error = error_of(home_of, status=status, headers={"x-amzn-RequestId": "r-1"}, text="" if status == 204 else "text")
    assert type(error) is kind
    assert str(error).startswith(f"amazon_ads: things of 58: /x answered {status}: ")
    assert str(error).endswith(" [request id r-1]")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"json": {"code": "400", "details": "Bad."}}, "answered 400: Bad. Nothing"),
        ({"json": {"detail": "a\nb\x1b[31m"}}, "answered 400: a b [31m. Nothing"),
        ({"json": {"message": ["x"]}}, "answered 400: ['x']. Nothing"),
        ({"json": []}, "answered 400: []. Nothing"),
        ({"text": "<html>\n"}, r"answered 400: '<html>\n'. Nothing"),
        ({"json": {"details": "x" * 5000}}, f"answered 400: {'x' * 300}. Nothing"),
    ],
)
def test_what_a_platform_says_is_shown_in_one_short_line(home_of: Home, body: dict[str, Any], shown: str) -> None:
    assert shown in str(error_of(home_of, status=400, **body))


def test_a_success_that_is_no_json_is_an_outage(home_of: Home) -> None:
    error = error_of(home_of, text="<html>Sign in</html>")
    assert isinstance(error, SourceUnreachable)
    assert "things of 58: /x answered 200 with what is not JSON: '<html>Sign in</html>'" in str(error)


def test_without_a_profile_a_403_is_the_credentials(home_of: Home) -> None:
    error = error_of(home_of, profile="", status=403)
    assert "Renew the credentials" in str(error)


def test_retries_do_not_multiply(home_of: Home) -> None:
    """A sign-in that fails counts as one failed try of the call it is for."""
    with api(home_of, {"json": []}) as (client, replay):
        replay.exchanges[:3] = [{"method": "POST", "path": TOKEN[1], "status": 503, "text": "busy"}]
        with pytest.raises(SourceUnreachable, match="Login with Amazon answered 503"):
            client.call(ANY, "GET", "/x", where="things")
        assert len(replay.requests) == 4


def test_downloads_do_not_multiply_retries_either(home_of: Home, tmp_path: Path) -> None:
    busy = {"method": "GET", "path": f"{PATH}/report-1", "status": 503, "text": "busy"}
    with serving(Replay([busy])) as replay, closing(AmazonAdsReports(home_of(replay.url))) as client:
        with pytest.raises(SourceUnreachable):
            client.fetch("58", "things", "report-1", tmp_path / "file")
        assert len([request for request in replay.requests if request.path == f"{PATH}/report-1"]) == 4
