"""The tables of docs/platforms.md, made from what the streams declare.

``python -m phygital_funnel.sources.matrix`` prints them; with the name of a document it replaces what stands between
the document's two markers.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from phygital_funnel.errors import ConfigError
from phygital_funnel.sources.registry import ages, all_streams
from phygital_funnel.sources.stream import Coverage, Stream

BEGIN = "<!-- made by `python -m phygital_funnel.sources.matrix docs/platforms.md`; change the streams, not this -->"
END = "<!-- end of what is made -->"
_NOTHING = ("none", "")

Column = tuple[str, Callable[[Stream], str]]


def block() -> str:
    """Both tables with their markers, as Markdown."""
    streams = all_streams()
    return "\n\n".join(
        (
            BEGIN,
            "### What a row and its figures are",
            _table(_MEANING, streams),
            "### How it is read",
            _table(_READING, streams),
            END,
        )
    )


def refreshed(text: str) -> str:
    """A document with the block as it should be now.

    Raises:
        ConfigError: the markers are not there, each once and in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ConfigError(f"the document lacks the markers between which the tables stand: {BEGIN!r} and {END!r}.")
    return before + block() + after


def _table(columns: Sequence[Column], streams: Iterable[Stream]) -> str:
    lines = [[name for name, _ in columns], ["---"] * len(columns)]
    lines += [[_cell(read(stream)) for _, read in columns] for stream in streams]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return "-" if text in _NOTHING else text.replace("|", "\\|")


def _name(stream: Stream) -> str:
    return f"{stream.source} `{stream.name}`"


def _ids(stream: Stream) -> str:
    return ", ".join(f"`{name}`" for name in stream.key)


def _replaces(stream: Stream) -> str:
    scope = ", ".join(f"`{name}`" for name in stream.scope)
    return {
        Coverage.WINDOW: f"all rows whose {scope} lies in the window",
        Coverage.SNAPSHOT: "the whole list",
        Coverage.CHANGES: f"the same {scope}",
    }[stream.coverage]


def _reread(stream: Stream) -> str:
    reread = stream.reread
    if reread.days == 1 and not reread.weekly_days:
        return ""
    weekly = f", {_days(reread.weekly_days)} on Saturday" if reread.weekly_days else ""
    return f"{_days(reread.days)}{weekly}"


def _limit(stream: Stream) -> str:
    reread = stream.reread
    parts = (
        f"{_days(reread.per_request)} at once" if reread.per_request else "",
        f"{_days(reread.history_days)} are kept" if reread.history_days else "",
    )
    return ", ".join(filter(None, parts))


def _due(stream: Stream) -> str:
    return _days(stream.due_days) if ages(stream) else "does not age"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


_MEANING: tuple[Column, ...] = (
    ("stream", _name),
    ("grain", lambda stream: stream.meaning.grain),
    ("ids", _ids),
    ("zone of its dates", lambda stream: stream.meaning.zone),
    ("dated on", lambda stream: stream.meaning.dated_on),
    ("currency", lambda stream: stream.meaning.currency),
    ("never added up", lambda stream: stream.meaning.not_additive),
)
_READING: tuple[Column, ...] = (
    ("stream", _name),
    ("cadence", lambda stream: stream.cadence.value),
    ("an extraction replaces", _replaces),
    ("re-read", _reread),
    ("platform's limit, or ours", _limit),
    ("stale when behind by more than", _due),
)


def main(arguments: Sequence[str]) -> None:
    """Print the block, or bring a document up to date."""
    if not arguments:
        sys.stdout.write(block() + "\n")
        return
    path = Path(arguments[0])
    path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
