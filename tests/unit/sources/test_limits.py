"""Token buckets that several processes share."""

import subprocess
import sys
import time

from phygital_funnel.settings import Settings
from phygital_funnel.sources.limits import RateLimits, account_digest


def limits(tmp_path, scale="1"):
    """The buckets of a home."""
    settings = Settings.from_env({"PHYGITAL_HOME": str(tmp_path), "PHYGITAL_REQUEST_RATE_SCALE": scale})
    return RateLimits(settings, "tiktok_ads")


def seconds_for(limit, requests):
    start = time.monotonic()
    for _ in range(requests):
        limit.wait()
    return time.monotonic() - start


def test_a_bucket_lets_a_burst_through_and_then_keeps_the_rate(tmp_path):
    limit = limits(tmp_path).of("api", "a", 50, 6)

    assert seconds_for(limit, 5) < 0.1  # one of the six is kept back, for requests that arrive closer than they left
    assert seconds_for(limit, 10) >= 0.15  # ten more at fifty a second take 0.2 s


def test_the_rate_grows_with_the_scale_of_the_sandbox(tmp_path):
    limit = limits(tmp_path, scale="20").of("api", "a", 50, 2)

    assert seconds_for(limit, 20) < 0.2  # 1,000 a second


def test_accounts_and_operations_have_buckets_of_their_own(tmp_path):
    buckets = limits(tmp_path)
    for operation, account in (("create", "a"), ("create", "b"), ("poll", "a")):
        assert seconds_for(buckets.of(operation, account, 0.01, 2), 1) < 0.5


def test_processes_of_one_home_share_the_bucket(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from phygital_funnel.sources.limits import RateLimit\n"
        "limit = RateLimit(Path(sys.argv[1]), 'x', 20, 2)\n"
        "print(*[(limit.wait(), time.time())[1] for _ in range(10)])"
    )
    path = tmp_path / "limits" / "x.json"
    path.parent.mkdir()
    workers = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    sent = sorted(float(moment) for worker in workers for moment in worker.communicate()[0].split())

    assert len(sent) == 20
    assert sent[-1] - sent[0] >= 18 / 20  # twenty at twenty a second, one at once; alone each would need half of it


def test_a_bucket_whose_writer_was_killed_or_whose_clock_was_set_back_does_not_block(tmp_path):
    bucket = limits(tmp_path).of("api", "a", 50, 2)
    (path,) = [tmp_path / "state" / "limits" / f"tiktok_ads-api-{account_digest_of('api|a')}.json"]
    for broken in ("", "[12", "[99999999999999999]"):
        path.write_text(broken)
        assert seconds_for(bucket, 1) < 1


def account_digest_of(text):
    """The digest the file's name is made of."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_files_tell_nothing_of_the_account(tmp_path):
    limits(tmp_path).of("api", "s3cr3t-account", 50, 2).wait()

    assert not [path for path in tmp_path.rglob("*") if "s3cr3t" in path.name]
    assert account_digest("a", "b") != account_digest("ab")
