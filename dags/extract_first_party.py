"""Land the brand's own files: link clicks, registered orders, and the reference tables.

In: the file drop (`PHYGITAL_DROP_URL`): `links/clicks`, `links/registrations`, `reference/*`, one mapped task per
stream. Out: Delta tables `landing/links/*` and `landing/reference/*`; the days of the run on the asset
`landing_first_party`, and earlier days whose content changed on `landing_restated`. `build_funnel` starts from these.

The window is the run's data interval: the files of its days are read. A day whose file has not been dropped yet is read
by a later run. A reference file replaces its table.

**If it fails**: landing and the published release are as they were. A file with missing columns is refused whole and
waits for a person; an unreachable drop is tried again by itself. Steps: `docs/runbooks/extract_first_party.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_funnel.sources.stream import Cadence
from phygital_policy import DEFAULT_ARGS, START_DATE, Pool, Tag
from phygital_schedules import FIRST_PARTY_LANDED, scheduled
from phygital_tasks import announce, extract_streams


@dag(
    # By 13:00 UTC the day before has ended in every market's zone and TikTok's correction of 12:00 UTC is in.
    schedule=scheduled("0 13 * * *"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.FIRST_PARTY, Tag.LANDING],
    doc_md=__doc__,
)
def extract_first_party() -> None:
    """Wire the extraction of the file drop."""
    extract_streams(Pool.FIRST_PARTY, Cadence.DAILY) >> announce(FIRST_PARTY_LANDED, Cadence.DAILY, [Pool.FIRST_PARTY])


extract_first_party()
