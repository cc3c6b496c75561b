"""Land what Amazon reports: attribution tags, sponsored products, and the seller's orders, returns and traffic.

In: the Amazon Ads APIs and the Selling Partner API, one mapped task per profile or marketplace and stream. Out: Delta
tables `landing/amazon_attribution/*`, `landing/amazon_ads/*` and `landing/amazon_seller/*`; the days of the run on the
asset `landing_amazon`, and earlier days whose figures changed on `landing_restated`. `build_funnel` starts from these.

The window is the run's data interval; each stream also re-reads the days its platform restates. A report that is not
ready within a minute is left to the triggerer, and a retry re-attaches to it. Landing only ever grows.

**If it fails**: landing and the published release are as they were. Throttling, unreachable hosts and broken downloads
are tried again by themselves; refused credentials, refused requests and changed shapes wait for a person. Steps:
`docs/runbooks/extract_amazon.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_funnel.sources.stream import Cadence
from phygital_policy import DEFAULT_ARGS, START_DATE, Pool, Tag
from phygital_schedules import AMAZON_LANDED, scheduled
from phygital_tasks import announce, extract_streams


@dag(
    # By 13:00 UTC the day before has ended in every market's zone and TikTok's correction of 12:00 UTC is in.
    schedule=scheduled("0 13 * * *"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.AMAZON, Tag.LANDING],
    doc_md=__doc__,
)
def extract_amazon() -> None:
    """Wire the extraction of Amazon's three APIs."""
    extract_streams(Pool.AMAZON, Cadence.DAILY) >> announce(AMAZON_LANDED, Cadence.DAILY, [Pool.AMAZON])


extract_amazon()
