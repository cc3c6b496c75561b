"""Land what Amazon reports by week: the searches after which customers saw, put in the cart or bought our products.

In: the Selling Partner API (Brand Analytics), one mapped task per marketplace. Out: the Delta table
`landing/amazon_seller/search_query_performance`; the days on the asset `landing_weekly`. Nothing waits for it: the
next build takes up what has landed.

The last three weeks, Sunday to Saturday, that have ended in the run's data interval are read. Amazon has a week ready
about three days after it ended, hence Wednesday.

**If it fails**: landing and the published release are as they were. Steps: `docs/runbooks/extract_weekly.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_funnel.sources.stream import Cadence
from phygital_policy import DEFAULT_ARGS, START_DATE, Pool, Tag
from phygital_schedules import WEEKLY_LANDED, scheduled
from phygital_tasks import announce, extract_streams


@dag(
    schedule=scheduled("0 14 * * 3"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_2, Tag.AMAZON, Tag.LANDING],
    doc_md=__doc__,
)
def extract_weekly() -> None:
    """Wire the weekly streams."""
    extract_streams(Pool.AMAZON, Cadence.WEEKLY) >> announce(WEEKLY_LANDED, Cadence.WEEKLY, [Pool.AMAZON])


extract_weekly()
