"""Land the brand's own files: link clicks, registered orders, and the reference tables.

In: the file drop (`PHYGITAL_DROP_URL`): `links/clicks`, `links/registrations`, `reference/*`. Out: Delta tables
`landing/links/*` and `landing/reference/*`, and the asset `landing_first_party`, on which `build_funnel` waits.

The window is the run's data interval: the files of its days are read. A day whose file has not been dropped yet is read
by a later run. A reference file replaces its table.

**If it fails**: landing and the published release are as they were. A file with missing columns is refused whole and
waits for a person; an unreachable drop is tried again by itself. Steps: `docs/runbooks/extract_first_party.md`.

Owner: marketing-data.
"""

from airflow.sdk import dag

from phygital_policy import DEFAULT_ARGS, FIRST_PARTY_LANDED, START_DATE, Pool, Tag, daily
from phygital_tasks import announce, extract_source


@dag(
    # By 13:00 UTC the day before has ended in every market's zone and TikTok's correction of 12:00 UTC is in.
    schedule=daily("0 13 * * *"),
    start_date=START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=[Tag.TIER_1, Tag.FIRST_PARTY, Tag.LANDING],
    doc_md=__doc__,
)
def extract_first_party() -> None:
    """Wire the extraction of the file drop."""
    sources = [extract_source("links", Pool.FIRST_PARTY), extract_source("reference", Pool.FIRST_PARTY)]
    sources >> announce(FIRST_PARTY_LANDED)


extract_first_party()
