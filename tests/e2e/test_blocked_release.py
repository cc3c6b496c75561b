"""A critical check stops the run: the last good release stays, status says why, and after the fix a run publishes."""

from datetime import timedelta

import pytest

from phygital_funnel import decisions, pipeline
from phygital_funnel.errors import QualityGateFailed
from phygital_funnel.status import newest_extractions, read_status
from phygital_funnel.warehouse.release import current

from .conftest import FIRST_57_DAYS

pytestmark = pytest.mark.slow

# Enough for a release; hourly figures and a report a day would take most of the test's time.
STREAMS = (
    *(("tiktok_ads", name) for name in ("advertisers", "campaigns", "ad_groups", "ads", "ad_report_daily")),
    ("amazon_seller", "order_lines"),
    ("reference", None),
    ("amazon_attribution", None),
    ("links", None),
)


@pytest.fixture
def landed(settings):
    for source, stream in STREAMS:
        pipeline.extract(settings, source, FIRST_57_DAYS, stream=stream)
    return settings


def test_a_blocked_release_leaves_the_last_good_one_and_publishes_after_the_fix(landed, faults):
    settings = landed
    good = pipeline.build_and_publish(settings)

    faults("negative_spend", match="/open_api/v1.3/report", times=2)
    pipeline.extract(settings, "tiktok_ads", FIRST_57_DAYS, stream="ad_report_daily")
    with pytest.raises(QualityGateFailed, match="spend"):
        pipeline.build_and_publish(settings)

    assert current(settings) == good
    newest = read_status(settings).runs[0]
    assert (newest.status, newest.phase) == ("blocked", "gate staging")
    assert "spend" in newest.reason

    pipeline.extract(settings, "tiktok_ads", FIRST_57_DAYS, stream="ad_report_daily")
    mended = pipeline.build_and_publish(settings)
    assert current(settings) == mended
    assert read_status(settings).runs[0].status == "published"


def test_a_person_who_holds_what_blocks_gets_a_release_without_it(landed, sandbox, faults):
    settings = landed
    # Later than the extractions before it: at one moment the order among streams is by commit.
    sandbox.set_clock(sandbox.now() + timedelta(seconds=1))
    faults("negative_spend", match="/open_api/v1.3/report", times=2)
    bad = pipeline.extract(settings, "tiktok_ads", FIRST_57_DAYS, stream="ad_report_daily")
    with pytest.raises(QualityGateFailed):
        pipeline.build_and_publish(settings)
    assert bad[-1].manifest_id in {manifest.manifest_id for manifest in newest_extractions(settings)}
    for manifest in bad:
        decisions.decide(settings, decisions.HOLD, manifest.manifest_id, "the platform sent negative spend")
    held = pipeline.build_and_publish(settings)
    assert current(settings) == held
    assert len(read_status(settings).held) == len(bad)
    assert set(held.manifest()["held"]) == {manifest.manifest_id for manifest in bad}
