"""TikTok Shop against the sandbox, over HTTP: signatures, tokens, and listings that move while they are read."""

import json
import shutil
import stat
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import stamina

from phygital_funnel.errors import AuthError, ConfigError, RequestRefused, TruncatedReport
from phygital_funnel.sandbox.process import running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Window
from phygital_funnel.sources.tiktok_shop import streams
from phygital_funnel.sources.tiktok_shop.client import TikTokShop
from phygital_funnel.sources.tiktok_shop.extract import TikTokShopExtractor
from phygital_funnel.sources.tiktok_shop.listing import PageReader
from phygital_funnel.sources.tiktok_shop.paging import by_time, by_token
from phygital_funnel.sources.tiktok_shop.signing import signature

NOW = datetime(2026, 10, 10, 13, tzinfo=UTC)
WORLD_SO_FAR = Window(date(2026, 9, 7), date(2026, 10, 10))
SHOP = "7495000000000000001"
ORDERS_PATH = "/order/202309/orders/search"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running("tiny", 7, tmp_path_factory.mktemp("sandbox"), now=NOW, rate_scale=1000.0) as server:
        yield server


@pytest.fixture
def settings(sandbox, tmp_path, monkeypatch):
    """Settings of an empty home, with a copy of the credentials, because renewed tokens are written into it."""
    sandbox.clear_faults()
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    copy = tmp_path / "tiktok_shop.json"
    shutil.copy(sandbox.environment["PHYGITAL_TIKTOK_SHOP_CREDENTIALS_FILE"], copy)
    monkeypatch.setenv("PHYGITAL_TIKTOK_SHOP_CREDENTIALS_FILE", str(copy))
    monkeypatch.setenv("PHYGITAL_HOME", str(tmp_path / "home"))
    return Settings.from_env()


@pytest.fixture
def new_client(settings):
    """Makes clients that are closed at the end."""
    made = []

    def make():
        made.append(TikTokShop(settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(new_client):
    return new_client()


@pytest.fixture
def extractor(settings):
    made = TikTokShopExtractor(settings)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def quick_retries():
    with stamina.set_testing(True, attempts=3):
        yield


def orders(client, page_size=4, window=WORLD_SO_FAR):
    reader = PageReader(client, streams.ORDERS, SHOP, page_size)
    return by_time(reader, streams.ORDERS.request, window)


def rows_of(pages):
    return [row for page in pages for row in page.rows]


def credentials(settings):
    return settings.source("tiktok_shop").credentials_file


def rewrite(settings, **changes):
    content = json.loads(credentials(settings).read_text()) | changes
    credentials(settings).write_text(json.dumps({name: value for name, value in content.items() if value is not None}))


def test_the_published_vector_is_signed_as_published():
    vector = json.loads((Path(__file__).parents[2] / "sandbox/samples/shop_signature_test_vector.json").read_text())
    assert signature(vector["app_secret"], vector["path"], vector["query"]) == vector["sign"]
    with_more = {**vector["query"], "sign": "old", "access_token": "secret"}
    assert signature(vector["app_secret"], vector["path"], with_more) == vector["sign"]


def test_every_part_of_a_request_changes_its_signature():
    signs = {
        signature(secret, path, query, body)
        for secret in ("s", "t")
        for path in ("/a", "/b")
        for query in ({"app_key": "1"}, {"app_key": "1", "ä": "é &"})
        for body in (b"", b"{}")
    }
    assert len(signs) == 16


def test_a_signature_is_dated_by_the_real_clock_however_the_simulated_one_stands(client, monkeypatch):
    """The sandbox's clock stands on another day; the platform takes -5 minutes to +30 seconds of the real one."""
    assert rows_of(orders(client)(None))
    monkeypatch.setattr(time, "time", lambda: NOW.timestamp())

    with pytest.raises(RequestRefused, match=r"Set this machine's clock, then run again\."):
        rows_of(orders(client)(None))


def test_orders_that_change_while_they_are_read_come_again_and_none_is_lost(client, sandbox):
    """A day passes after each page: orders arrive and are completed, and so move to the listing's end."""
    window = Window(date(2026, 9, 20), date(2026, 10, 31))
    seen, clock = [], sandbox.now()
    for number, page in enumerate(orders(client, 4, window)(None)):
        seen += [(row["order_id"], row["update_time"]) for row in page.rows]
        if number < 8:
            clock += timedelta(days=1)
            sandbox.set_clock(clock)
    final = {(row["order_id"], row["update_time"]) for row in rows_of(orders(client, 100, window)(None))}

    assert final <= set(seen)
    assert len(final) > 15
    assert len(set(seen) - final) >= 3, "no order that was read has moved, so nothing was shown"


@pytest.mark.parametrize("stream", [streams.ORDERS, streams.AFFILIATE_ORDERS, streams.PRODUCTS], ids=lambda s: s.name)
def test_reading_is_taken_up_again_after_any_page(client, stream):
    reader = PageReader(client, stream, SHOP, 3)
    read = by_time if stream is streams.ORDERS else by_token
    window = None if stream is streams.PRODUCTS else WORLD_SO_FAR
    whole = list(read(reader, stream.request, window)(None))

    assert len(whole) > 2
    assert whole[-1].cursor is None
    for number, page in enumerate(whole[:-1]):
        rest = read(reader, stream.request, window)(json.loads(json.dumps(page.cursor)))
        assert rows_of(rest) == rows_of(whole[number + 1 :])


@pytest.mark.parametrize(
    ("stream", "fault"),
    [
        (streams.ORDERS, "missing_page"),
        (streams.ORDERS, "truncate"),
        (streams.ORDERS, "drop_connection"),
        (streams.ORDERS, "throttle"),
        (streams.AFFILIATE_ORDERS, "missing_page"),
        (streams.AFFILIATE_ORDERS, "duplicate_page"),
    ],
)
def test_a_page_that_is_not_whole_is_asked_for_again(client, sandbox, stream, fault):
    reader = PageReader(client, stream, SHOP, 3)
    read = by_time if stream is streams.ORDERS else by_token
    expected = rows_of(read(reader, stream.request, WORLD_SO_FAR)(None))
    sandbox.fault(fault, stream.request.path, times=1)

    assert rows_of(read(reader, stream.request, WORLD_SO_FAR)(None)) == expected
    assert sandbox.pending_faults() == []


def test_a_page_that_stays_empty_is_refused(client, sandbox):
    sandbox.fault("missing_page", ORDERS_PATH, times=None)

    with pytest.raises(TruncatedReport, match=r"orders of 7495000000000000001, page 1 holds none of the 1 orders"):
        rows_of(orders(client)(None))


def test_an_expired_token_is_renewed_once_and_kept_for_the_next_process(client, new_client, settings, sandbox):
    old = json.loads(credentials(settings).read_text())
    credentials(settings).chmod(0o640)
    sandbox.fault("expired_token", ORDERS_PATH, times=1)

    assert rows_of(orders(client)(None))
    new = json.loads(credentials(settings).read_text())
    changed = {name for name in new if new[name] != old.get(name)}
    assert (changed, new.keys()) == ({"access_token", "refresh_token"}, old.keys())
    assert stat.S_IMODE(credentials(settings).stat().st_mode) == 0o640
    assert rows_of(orders(new_client())(None))


def test_a_token_that_another_process_renewed_is_used_and_not_renewed_again(new_client, settings, sandbox):
    first, second = new_client(), new_client()
    sandbox.fault("expired_token", ORDERS_PATH, times=1)
    rows_of(orders(first)(None))
    kept = credentials(settings).read_text()
    sandbox.fault("expired_token", ORDERS_PATH, times=1)

    assert rows_of(orders(second)(None))
    assert credentials(settings).read_text() == kept


def test_a_credentials_file_that_cannot_be_written_is_only_warned_of(client, settings, sandbox, caplog, monkeypatch):
    def full(*arguments, **options):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "touch", full)
    sandbox.fault("expired_token", ORDERS_PATH, times=1)

    assert rows_of(orders(client)(None))
    assert "could not be written to the credentials file (Read-only file system)" in caplog.text
    assert json.loads(credentials(settings).read_text())["access_token"] not in caplog.text


def test_a_shop_without_a_cipher_in_the_file_is_looked_up(new_client, settings):
    rewrite(settings, shop_ciphers=None)

    assert rows_of(orders(new_client())(None))


def test_a_cipher_does_not_land(extractor):
    (extraction,) = extractor.extract(streams.SHOPS, SHOP, WORLD_SO_FAR)
    (row,) = rows_of(extraction.pages(None))
    assert (row["shop_id"], row["region"]) == (SHOP, "US")
    assert not any("GCP_" in str(value) for value in row.values())


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"secret": None}, ConfigError, "lacks secret"),
        ({"shop_ciphers": ["GCP_x"]}, ConfigError, "shop_ciphers must be an object of shop id and cipher"),
        (
            {"secret": "wrong"},
            AuthError,
            "correct `secret` in the file that PHYGITAL_TIKTOK_SHOP_CREDENTIALS_FILE names",
        ),
        ({"access_token": "wrong"}, AuthError, "Renew the credentials in the file"),
        ({"app_id": "wrong"}, AuthError, "Renew the credentials in the file"),
        ({"shop_ciphers": {SHOP: "GCP_wrong"}}, RequestRefused, "`shop_ciphers` of the credentials file"),
    ],
)
def test_credentials_that_are_refused_say_which_and_show_none(new_client, settings, changes, error, told):
    rewrite(settings, **changes)

    with pytest.raises(error, match=told) as caught:
        rows_of(orders(new_client())(None))
    assert "GCP_" not in str(caught.value)


def test_a_secret_that_the_platform_repeats_is_not_passed_on(client, settings):
    secrets = json.loads(credentials(settings).read_text())
    text = client._credentials.hidden(f"token {secrets['access_token']} of {secrets['secret']} for {SHOP}")
    assert text == f"token *** of *** for {SHOP}"
