"""Which days of a report must be read again because a tag has come out of Amazon's mask.

Until a tag has had ten clicks in its life, all its figures are zeros; with the tenth click Amazon shows the whole past.
What was landed before does not change by itself, and the daily window reaches back a month only (ledger-rules 14).
"""

from collections.abc import Iterable
from datetime import date

from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.sources.stream import METADATA_COLUMNS, Stream, Window

_IDS = ("campaign_id", "ad_group_id", "creative_id")


def days_to_read_again(
    landing: Landing, stream: Stream, account: str, metrics: Iterable[str], upto: int
) -> dict[str, Window]:
    """Days on which a tag shows nothing, read before it showed anything at all; by part of the stream.

    Args:
        landing: what was read so far.
        stream: one of the reports.
        account: the profile.
        metrics: columns that are all zero, or absent, in a masked row.
        upto: the last commit before this run; what the run itself has read is as new as can be.

    Raises:
        LandingError: landing cannot be read.
    """
    held = landing.held(stream)
    usable = [one for one in landing.manifests(stream) if one.is_complete and one.manifest_id not in held]
    current = _current_days([one for one in usable if one.account == account])
    if not any(manifest.commit <= upto for manifest in current.values()):
        return {}
    return _masked_days(landing, stream, current, metrics, upto)


def _current_days(manifests: list[Manifest]) -> dict[tuple[str, date], Manifest]:
    """The newest extraction of each part that covers a day."""
    return {
        (manifest.part, day): manifest for manifest in manifests if manifest.window for day in manifest.window.days()
    }


def _masked_days(
    landing: Landing, stream: Stream, current: dict[tuple[str, date], Manifest], metrics: Iterable[str], upto: int
) -> dict[str, Window]:
    files = landing.files_of(stream, {one.manifest_id: one for one in current.values()}.values())
    if not files:
        return {}
    # Imported here: what else is read needs no database.
    from phygital_funnel.warehouse.database import connect

    columns = ", ".join(f'"{name}" varchar' for name in (*stream.columns, *METADATA_COLUMNS))
    is_zero = " and ".join(f'coalesce(try_cast("{name}" as double), 0) = 0' for name in metrics)
    tag = ", ".join(name for name in _IDS if name in stream.columns)
    places = _places(current.values())
    days = [(one.manifest_id, f"{day:%Y%m%d}", places[one.manifest_id]) for (_, day), one in current.items()]
    with connect() as con:
        landing.storage.serve(con)
        con.execute(f"create temp table landed ({columns})")
        con.execute("insert into landed by name select * from read_parquet($1, union_by_name = true)", [files])
        con.execute(
            "create temp table current as select unnest($1) as manifest_id, unnest($2) as day, unnest($3) as place",
            [list(column) for column in zip(*days, strict=True)],
        )
        found = con.execute(
            f"""
            with seen as (
                select coalesce(_part, '') as part, {tag}, current.day, current.place, {is_zero} as is_zero
                from landed
                join current on current.manifest_id = landed._manifest_id
                    and current.day = trim(landed."{stream.scope[0]}")
                where landed._reject is null
            ), judged as (
                select *, min(place) filter (not is_zero) over (partition by part, {tag}) as shown_since
                from seen
            )
            select part, min(strptime(day, '%Y%m%d')::date), max(strptime(day, '%Y%m%d')::date)
            from judged
            where is_zero and place < shown_since and place <= $1
            group by part
            """,
            [upto],
        ).fetchall()
    return {part: Window(first, last) for part, first, last in found}


def _places(manifests: Iterable[Manifest]) -> dict[str, int]:
    """Where each extraction stands in time: all of a run, with the attempts that were killed, at its last commit.

    What one piece of a load shows as zero was zero when the next piece showed the tag.
    """
    found = {one.manifest_id: one for one in manifests}
    ends: dict[str, int] = {}
    for one in found.values():
        ends[one.run] = max(one.commit, ends.get(one.run, 0))
    return {name: ends[one.run] if one.run else one.commit for name, one in found.items()}
