"""Which earlier days a run has brought other content for than was known before: the restated days.

Days of windows are compared with the newest usable extraction before that covers them; of feeds of changes, each order,
click or rate with its newest earlier version. A day's content is the multiset of its rows as they were landed, so the
order of rows and pages says nothing, and a figure that only reads the same counts as the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from phygital_funnel.landing import Landing, Manifest
from phygital_funnel.settings import Settings
from phygital_funnel.sources.registry import streams_of
from phygital_funnel.sources.stream import METADATA_COLUMNS, Cadence, Coverage, Stream
from phygital_funnel.warehouse.database import connect

DATED_BY = {
    "amazon_seller__order_lines": "purchase_date",
    "events__conversions": "converted_at",
    "events__touchpoints": "occurred_at",
    "links__clicks": "clicked_at",
    "links__registrations": "registered_at",
    "reference__fx_rates": "rate_date",
    "tiktok_shop__orders": "create_time",
    "tiktok_shop__refunds": "create_time",
}
"""The column that says which day a row of a feed of changes belongs to."""

# The platforms write 2026-11-03, 2026-11-03 00:00:00, 2026-11-03T07:00:00Z, 20261103 and seconds since 1970.
_DAY = """
    case
        when regexp_full_match("{0}", '[0-9]{{8}}') then strptime("{0}", '%Y%m%d')::date
        when regexp_full_match("{0}", '[0-9]{{10}}') then epoch_ms("{0}"::bigint * 1000)::date
        else try_cast(left("{0}", 10) as date)
    end
"""


@dataclass(frozen=True)
class _Known:
    """A stream's usable extractions.

    Args:
        stream: the stream.
        new: what the run brought, oldest first.
        earlier: what was there before, oldest first.
    """

    stream: Stream
    new: list[Manifest]
    earlier: list[Manifest]

    def before(self, manifest: Manifest) -> Iterator[Manifest]:
        """Earlier extractions of the same account and part, newest first."""
        same = (manifest.account, manifest.part)
        return (older for older in reversed(self.earlier) if (older.account, older.part) == same)


def restated_days(settings: Settings, sources: Iterable[str], cadence: Cadence, run: str) -> list[date]:
    """The days whose content a run has changed, oldest first; not those it brought first.

    Args:
        settings: where landing is.
        sources: the sources the run has extracted.
        cadence: which of their streams.
        run: what the names of the run's extractions begin with, see ``attempts``.

    Raises:
        LandingError: landing cannot be read.
    """
    landing = Landing.of(settings)
    days: set[date] = set()
    for stream in (stream for source in sources for stream in streams_of(source, cadence=cadence)):
        known = _known(landing, stream, run)
        if known.new and known.earlier and stream.coverage is not Coverage.SNAPSHOT:
            days |= _changed(landing, known)
    return sorted(days)


def _known(landing: Landing, stream: Stream, run: str) -> _Known:
    held = landing.held(stream)
    usable = [one for one in landing.manifests(stream) if one.is_complete and one.manifest_id not in held]
    new = [one for one in usable if one.run.rpartition("-")[0] == run]
    earlier = [one for one in usable if new and one.commit < new[0].commit]
    return _Known(stream, new, earlier)


def _changed(landing: Landing, known: _Known) -> set[date]:
    compare = _of_windows if known.stream.coverage is Coverage.WINDOW else _of_changes
    with connect() as con:
        landing.storage.serve(con)
        return compare(con, landing, known)


def _of_windows(con: duckdb.DuckDBPyConnection, landing: Landing, known: _Known) -> set[date]:
    pairs = [(new, day, old) for new in known.new for day, old in _predecessors(new, known)]
    if not pairs:
        return set()
    wanted = {one.manifest_id: one for new, _, old in pairs for one in (new, old)}
    _read(con, landing, known.stream, list(wanted.values()))
    digests = {
        (manifest_id, day): digest
        for manifest_id, day, *digest in con.execute(
            f"""
            select _manifest_id, {_DAY.format(known.stream.scope[0])} as day, count(*), sum(digest), bit_xor(digest)
            from content group by all
            """
        ).fetchall()
    }
    return {
        day for new, day, old in pairs if digests.get((new.manifest_id, day)) != digests.get((old.manifest_id, day))
    }


def _predecessors(new: Manifest, known: _Known) -> Iterator[tuple[date, Manifest]]:
    """Each day of the window that was known before, and the newest extraction that said so."""
    left = set(new.window.days()) if new.window else set()
    for older in known.before(new):
        covered = left.intersection(older.window.days()) if older.window else set()
        yield from ((day, older) for day in covered)
        left -= covered
        if not left:
            return


def _of_changes(con: duckdb.DuckDBPyConnection, landing: Landing, known: _Known) -> set[date]:
    """Days of the things whose newest version differs from the one before; of both, when a thing moved to another."""
    if known.stream.relation not in DATED_BY:
        return set()
    _read(con, landing, known.stream, [*known.earlier, *known.new])
    con.execute("create temp table place (_manifest_id varchar, place bigint, is_new boolean)")
    con.executemany(
        "insert into place values (?, ?, ?)",
        [(one.manifest_id, one.commit, False) for one in known.earlier]
        + [(one.manifest_id, one.commit, True) for one in known.new],
    )
    scope = ", ".join(f'"{name}"' for name in known.stream.scope)
    day = _DAY.format(DATED_BY[known.stream.relation])
    found = con.execute(
        f"""
        with versions as (
            select {scope}, place, is_new, count(*) as lines, sum(digest) as total, bit_xor(digest) as mixed,
                list(distinct {day}) as days
            from content join place using (_manifest_id)
            where ({scope}) in (select ({scope}) from content join place using (_manifest_id) where is_new)
            group by {scope}, place, is_new
        ), newest as (
            select {scope}, is_new, max_by(days, place) as days,
                max_by((lines, total, mixed), place) as content
            from versions group by {scope}, is_new
        )
        select distinct unnest(list_concat(new.days, old.days))
        from newest as new join newest as old using ({scope})
        where new.is_new and not old.is_new and new.content is distinct from old.content
        """
    ).fetchall()
    return {day for (day,) in found if day is not None}


def _read(con: duckdb.DuckDBPyConnection, landing: Landing, stream: Stream, manifests: list[Manifest]) -> None:
    """Make ``content``: the rows of some extractions, each with a digest of all its values."""
    commits = [one.commit for one in manifests]
    columns = ", ".join(f'"{name}" varchar' for name in (*stream.columns, *METADATA_COLUMNS))
    con.execute(f"create temp table content ({columns}, digest ubigint)")
    files = landing.files(stream, upto=max(commits), after=min(commits) - 1)
    if not files:
        return
    con.execute(
        "create temp table wanted as select unnest($1) as _manifest_id", [[one.manifest_id for one in manifests]]
    )
    con.execute(
        """
        insert into content by name
        select * from read_parquet($1, union_by_name = true) semi join wanted using (_manifest_id)
        """,
        [files],
    )
    # NULL and the empty text hash alike where they are arguments, and are not the same figure.
    values = ", ".join(f"""coalesce("{name}", chr(0))""" for name in (*stream.columns, "_extra", "_reject"))
    con.execute(f"update content set digest = hash({values})")
