"""What the streams declare, as temporary views that the queries of the gate ``landing`` read: a number has one home."""

from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Cadence, Coverage


def views() -> list[str]:
    """Statements that make the views.

    ``streams_due`` has a row for each stream: by how many days its newest day may lie before the build (``due_days``).
    ``streams_reread`` has a row for each horizon of a stream of windows: how many ``days`` a run reads again, and
    whether ``is_weekly``, once a week and not with each run.
    """
    streams = all_streams()
    windows = [stream for stream in streams if stream.coverage is Coverage.WINDOW]
    due = [f"('{stream.source}', '{stream.name}', {stream.due_days})" for stream in streams]
    reread = [
        f"('{stream.source}', '{stream.name}', {days}, {is_weekly})"
        for stream in windows
        for days, is_weekly in (
            (stream.reread.days, stream.cadence is Cadence.WEEKLY),
            (stream.reread.weekly_days, True),
        )
        if days > 1
    ]
    return [
        _view("streams_due", "source, stream, due_days", due),
        _view("streams_reread", "source, stream, days, is_weekly", reread),
    ]


def _view(name: str, columns: str, rows: list[str]) -> str:
    return f"create or replace temp view {name} as select * from (values {', '.join(rows)}) as listed ({columns})"
