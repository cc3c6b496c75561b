"""Land the figures of today, every three hours: TikTok's ads by hour and the seller's orders by hour.

In: TikTok's Marketing API and the Selling Partner API, one mapped task per account and stream. Out: Delta tables
`landing/tiktok_ads/ad_report_hourly` and `landing/amazon_seller/order_metrics_hourly`; the days on the asset
`landing_intraday`. Nothing waits for it: the next build takes up what has landed.

The window is the days the run's data interval touches, today included, and the days before that are still moving.

**If it fails**: landing and the published release are as they were, and the next run reads the same hours again.
Steps: `docs/runbooks/extract_intraday.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_funnel.sources.stream import Cadence
from phygital_policy import DEFAULT_ARGS, START_DATE, Pool, Tag
from phygital_schedules import INTRADAY_LANDED, scheduled
from phygital_tasks import announce, extract_streams


@dag(
    schedule=scheduled("0 */3 * * *"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_2, Tag.ALL_PLATFORMS, Tag.LANDING],
    doc_md=__doc__,
)
def extract_intraday() -> None:
    """Wire both platforms, each waiting for its own pool."""
    pools = [Pool.TIKTOK, Pool.AMAZON]
    extracted = [extract_streams(pool, Cadence.INTRADAY, suffix=f"_{pool}") for pool in pools]
    extracted >> announce(INTRADAY_LANDED, Cadence.INTRADAY, pools)


extract_intraday()
