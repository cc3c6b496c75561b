"""Login with Amazon: one token for all that have the same credentials, renewed in time, and never told to anyone."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from phygital_funnel.errors import AuthError, RequestRefused, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources import amazon_auth
from phygital_funnel.sources.amazon_ads_api import AmazonAdsApi, Operation
from phygital_funnel.sources.amazon_auth import AccessTokens

from .replay import Replay, serving

PATH = "/auth/o2/token"
Home = Callable[..., Settings]


def grant(text: str = "Atza|first", **rest: Any) -> dict[str, Any]:
    body = {"access_token": text, "token_type": "bearer", "expires_in": 3600}
    return {"method": "POST", "path": PATH, "json": {**body, **rest}}


@pytest.fixture(autouse=True)
def _no_earlier_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amazon_auth, "_TOKENS", {})


@pytest.fixture
def tokens(home_of: Home) -> Iterator[Callable[..., AccessTokens]]:
    """Makes the access tokens of a source whose sign-in is served at a URL."""
    made = []

    def make(url: str, source: str = "amazon_ads", **variables: str) -> AccessTokens:
        made.append(AccessTokens(home_of(url, **variables), source))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_token_is_asked_for_once_however_many_want_it(tokens: Callable[..., AccessTokens]) -> None:
    with serving(Replay([grant("Atza|first"), grant("Atza|second")])) as replay:
        clients = [tokens(replay.url) for _ in range(4)]
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(lambda number: clients[number % 4].get_lwa_access_token(), range(40)))
    assert found == {"Atza|first"}
    assert len(replay.requests) == 1


def test_sources_with_the_same_credentials_share_a_token_and_others_do_not(
    home_of: Home, tokens: Callable[..., AccessTokens]
) -> None:
    with serving(Replay([grant("Atza|first"), grant("Atza|second")])) as replay:
        ads = tokens(replay.url)
        credentials = str(home_of(replay.url).source("amazon_ads").credentials_file)
        same = tokens(replay.url, "amazon_attribution", PHYGITAL_AMAZON_ATTRIBUTION_CREDENTIALS_FILE=credentials)
        other = tokens(replay.url, "amazon_attribution")
        assert ads.get_lwa_access_token() == same.get_lwa_access_token() == "Atza|first"
        assert other.get_lwa_access_token() == "Atza|second"


def test_a_token_is_renewed_before_it_expires(
    tokens: Callable[..., AccessTokens], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(amazon_auth.time, "monotonic", lambda: seconds[0])
    with serving(
        Replay([grant("Atza|first", expires_in=30), grant("Atza|second", expires_in=3600), grant("third")])
    ) as replay:
        mine = tokens(replay.url)
        assert mine.get_lwa_access_token() == "Atza|first"
        seconds[0] += 26.9
        assert mine.get_lwa_access_token() == "Atza|first"
        seconds[0] += 0.1  # a tenth of a short life before its end
        assert mine.get_lwa_access_token() == "Atza|second"
        seconds[0] += 3539
        assert mine.get_lwa_access_token() == "Atza|second"
        seconds[0] += 1  # a minute before the end of a long one
        assert mine.get_lwa_access_token() == "third"


def test_a_refused_token_is_dropped_but_not_the_one_that_replaced_it(tokens: Callable[..., AccessTokens]) -> None:
    with serving(Replay([grant("Atza|first"), grant("Atza|second"), grant("Atza|third")])) as replay:
        mine = tokens(replay.url)
        first = mine.get_lwa_access_token()
        mine.forget(first)
        assert mine.get_lwa_access_token() == "Atza|second"
        mine.forget(first)  # another thread was refused with the old one, too
        assert mine.get_lwa_access_token() == "Atza|second"
        mine.forget()
        assert mine.get_lwa_access_token() == "Atza|third"


@pytest.mark.parametrize("life", [None, "soon", -1, 0])
def test_a_life_that_makes_no_sense_is_taken_for_an_hour(tokens: Callable[..., AccessTokens], life: Any) -> None:
    with serving(Replay([grant(expires_in=life), grant("Atza|second")])) as replay:
        mine = tokens(replay.url)
        assert {mine.get_lwa_access_token() for _ in range(3)} == {"Atza|first"}


@pytest.mark.parametrize("body", [[], {}, {"access_token": ""}, {"access_token": 7}])
def test_an_answer_without_a_token_is_no_token(tokens: Callable[..., AccessTokens], body: Any) -> None:
    with serving(Replay([{"method": "POST", "path": PATH, "json": body}])) as replay:
        with pytest.raises(SourceUnreachable, match="without an access_token"):
            tokens(replay.url).get_lwa_access_token()
        assert len(replay.requests) == 4


@pytest.mark.parametrize("body", [{"error": "invalid_grant"}, ["nothing"], "no"])
def test_refused_credentials_say_which_file_to_renew(tokens: Callable[..., AccessTokens], body: Any) -> None:
    with (
        serving(Replay([{"method": "POST", "path": PATH, "status": 401, "json": body}])) as replay,
        pytest.raises(AuthError, match="PHYGITAL_AMAZON_ADS_CREDENTIALS_FILE"),
    ):
        tokens(replay.url).get_lwa_access_token()
    assert len(replay.requests) == 1, "refused credentials are not tried again"


def test_no_secret_is_told_even_if_a_platform_echoes_it(
    home_of: Home, tokens: Callable[..., AccessTokens], caplog: pytest.LogCaptureFixture
) -> None:
    """The platform's own words end up in errors and logs."""
    caplog.set_level(logging.DEBUG)
    settings = home_of("http://127.0.0.1:9")
    secrets = json.loads(settings.source("amazon_ads").credentials_file.read_text())  # type: ignore[union-attr]  # set by home_of
    told = f"token Atza|first of {secrets['client_secret']} and {secrets['refresh_token']} is not good"
    exchanges = [grant(), {"method": "GET", "path": "/v2/profiles", "status": 400, "json": {"details": told}}]
    with (
        serving(Replay(exchanges)) as replay,
        closing(AmazonAdsApi(home_of(replay.url), "amazon_ads")) as api,
        pytest.raises(RequestRefused, match=r"token \*\*\* of \*\*\* and \*\*\* is not good") as refused,
    ):
        api.call(Operation("x", 1000, 1000), "GET", "/v2/profiles", where="profiles")
    for text in (str(refused.value), caplog.text):
        assert not [secret for secret in ("Atza|first", *secrets.values()) if secret in text]
