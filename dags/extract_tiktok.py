"""Land what TikTok reports of the ads: accounts, campaigns, ad groups, ads and the daily report.

In: TikTok's Marketing API, one mapped task per advertiser account. Out: Delta tables `landing/tiktok_ads/*` and the
asset `landing_tiktok`, on which `build_funnel` waits.

The window is the run's data interval, so a daily run, a backfill and an initial load of many days are the same DAG; the
last 28 days are read again whatever the window, because TikTok restates them. Landing only ever grows: a repeated run
adds a newer answer and replaces nothing.

**If it fails**: landing and the published release are as they were. Throttling and unreachable hosts are tried again
by themselves; refused credentials, refused requests and changed shapes wait for a person. Steps:
`docs/runbooks/extract_tiktok.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_policy import DEFAULT_ARGS, START_DATE, TIKTOK_LANDED, Pool, Tag, daily
from phygital_tasks import announce, extract_source


@dag(
    # By 13:00 UTC the day before has ended in every market's zone and TikTok's correction of 12:00 UTC is in.
    schedule=daily("0 13 * * *"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.TIKTOK, Tag.LANDING],
    doc_md=__doc__,
)
def extract_tiktok() -> None:
    """Wire the extraction of TikTok."""
    extract_source("tiktok_ads", Pool.TIKTOK) >> announce(TIKTOK_LANDED)


extract_tiktok()
