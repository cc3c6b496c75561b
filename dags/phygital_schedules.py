"""What starts the DAGs: their schedules, and the assets that tell one of the other."""

from airflow.sdk import Asset, CronDataIntervalTimetable, PartitionedAssetTimetable, StartOfMonthMapper

from phygital_funnel.settings import Settings

TIKTOK_LANDED = Asset("landing_tiktok")
AMAZON_LANDED = Asset("landing_amazon")
FIRST_PARTY_LANDED = Asset("landing_first_party")
INTRADAY_LANDED = Asset("landing_intraday")
WEEKLY_LANDED = Asset("landing_weekly")
RESTATED = Asset("landing_restated")
RELEASE_PUBLISHED = Asset("release_funnel")

DAY_KEY, MONTH_KEY = "%Y-%m-%d", "%Y-%m"


def scheduled(cron: str) -> CronDataIntervalTimetable | None:
    """A schedule whose runs cover one interval each, or none when ``PHYGITAL_SCHEDULES=off``.

    After an outage only the newest interval is run; each stream then begins where it was last read (``gaps``). A plain
    cron string gives runs an empty data interval since Airflow 3, hence the timetable.
    """
    return CronDataIntervalTimetable(cron, timezone="UTC") if Settings.from_env().schedules else None


def on_landed_months() -> PartitionedAssetTimetable:
    """One run for each month that new days of all three extractions fall into, and for each month that was restated.

    The two have keys of their own (``2026-11`` and ``2026-11 restated``). With one key, a restatement would use up the
    days that one extraction has announced, and the others would wait for its next run to be built.
    """
    new_days = StartOfMonthMapper(input_format=DAY_KEY, output_format=MONTH_KEY)
    restated = StartOfMonthMapper(input_format=DAY_KEY, output_format=f"{MONTH_KEY} restated")
    return PartitionedAssetTimetable(
        assets=(TIKTOK_LANDED & AMAZON_LANDED & FIRST_PARTY_LANDED) | RESTATED,
        default_partition_mapper=new_days,
        partition_mapper_config={RESTATED: restated},
    )
