"""Land what TikTok reports: ads, the organic reach of the brand's and creators' posts, and orders of TikTok Shop.

In: TikTok's Marketing, Accounts and Shop APIs, one mapped task per account and stream. Out: Delta tables
`landing/tiktok_ads/*`, `landing/tiktok_organic/*` and `landing/tiktok_shop/*`; the days of the run on the asset
`landing_tiktok`, and earlier days whose figures changed on `landing_restated`. `build_funnel` starts from these.

The window is the run's data interval, so a daily run, a backfill and an initial load of many days are the same DAG;
each stream also re-reads the days its platform restates. Landing only ever grows: a repeated run adds a newer answer
and replaces nothing.

**If it fails**: landing and the published release are as they were. Throttling and unreachable hosts are tried again
by themselves; refused credentials, refused requests and changed shapes wait for a person. Steps:
`docs/runbooks/extract_tiktok.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_funnel.sources.stream import Cadence
from phygital_policy import DEFAULT_ARGS, START_DATE, Pool, Tag
from phygital_schedules import TIKTOK_LANDED, scheduled
from phygital_tasks import announce, extract_streams


@dag(
    # By 13:00 UTC the day before has ended in every market's zone and TikTok's correction of 12:00 UTC is in.
    schedule=scheduled("0 13 * * *"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.TIKTOK, Tag.LANDING],
    doc_md=__doc__,
)
def extract_tiktok() -> None:
    """Wire the extraction of TikTok's three APIs."""
    extract_streams(Pool.TIKTOK, Cadence.DAILY) >> announce(TIKTOK_LANDED, Cadence.DAILY, [Pool.TIKTOK])


extract_tiktok()
