"""Land what Amazon reports: attribution tags (page views, carts, claimed orders) and the seller's order lines.

In: the Amazon Ads API (one mapped task per Attribution profile) and the Selling Partner API (one per marketplace).
Out: Delta tables `landing/amazon_attribution/*` and `landing/amazon_seller/*`, and the asset `landing_amazon`, on
which `build_funnel` waits.

The window is the run's data interval. Attribution's last 30 days are read again, because Amazon restates them; orders
are asked for by their last update, so late cancellations and prices arrive by themselves. Landing only ever grows.

**If it fails**: landing and the published release are as they were. Throttling, unreachable hosts and broken downloads
are tried again by themselves; refused credentials, refused requests and changed shapes wait for a person. Steps:
`docs/runbooks/extract_amazon.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_policy import AMAZON_LANDED, DEFAULT_ARGS, START_DATE, Pool, Tag, daily
from phygital_tasks import announce, extract_source


@dag(
    # By 13:00 UTC the day before has ended in every market's zone and TikTok's correction of 12:00 UTC is in.
    schedule=daily("0 13 * * *"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.AMAZON, Tag.LANDING],
    doc_md=__doc__,
)
def extract_amazon() -> None:
    """Wire the extraction of both Amazon APIs."""
    sources = [extract_source("amazon_attribution", Pool.AMAZON), extract_source("amazon_seller", Pool.AMAZON)]
    sources >> announce(AMAZON_LANDED)


extract_amazon()
