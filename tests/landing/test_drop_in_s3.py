"""A drop in a bucket, over real HTTP against another implementation of S3."""

from datetime import date

import pytest
import s3fs
import stamina

from phygital_funnel import pipeline
from phygital_funnel.errors import AuthError, RequestRefused
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.stream import Window

from .s3 import SECRET, object_store

URL = "s3://brand/drop"
BODY = "click_id,clicked_at,visitor_id\nc1,t,v\n"
FILE = f"{URL}/links/clicks/2026-11-03.csv"


def extract(settings):
    pipeline.extract(settings, "links", Window(date(2026, 11, 3), date(2026, 11, 4)), stream="clicks")
    return [manifest.row_count for manifest in Landing.of(settings).manifests(CLICKS)]


@pytest.fixture
def store(monkeypatch):
    with object_store() as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield store
        s3fs.S3FileSystem.clear_instance_cache()


def test_a_drop_in_a_bucket_is_landed_once_and_again_when_it_changes(tmp_path, store):
    settings = Settings.from_env({"PHYGITAL_HOME": str(tmp_path), "PHYGITAL_DROP_URL": URL})
    with pytest.raises(RequestRefused, match=f"there is no drop at {URL}"):
        extract(settings)
    files = s3fs.S3FileSystem()
    files.mkdir("brand")
    files.pipe(FILE, BODY.encode())
    assert extract(settings) == [1]
    assert extract(settings) == [1]
    files.pipe(FILE, f"{BODY}c2,t,v\n".encode())
    assert extract(settings) == [1, 2]
    store.check_credentials(after=0)
    with stamina.set_testing(True, attempts=2), pytest.raises(AuthError, match="may not be read") as refused:
        extract(settings)
    assert SECRET not in str(refused.value)
