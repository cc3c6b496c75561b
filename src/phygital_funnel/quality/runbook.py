"""Reads ``docs/runbook.md``, which says of every check what a failure means and what to do."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = "docs/runbook.md"
PARTS = ("Means", "Look", "Mend", "Let pass")

_ENTRY = re.compile(r'^<a id="(?P<anchor>[a-z0-9]+)"></a>\n+### (?P<title>.+)\n(?P<text>(?:(?!<a id=|##).*\n?)*)', re.M)
_PART = re.compile(rf"\*\*({'|'.join(PARTS)})\.\*\*\s+")
_MARKUP = re.compile(r"\[([^\]]+)\]\([^)]+\)|\*\*|`")


@dataclass(frozen=True)
class Entry:
    """What the runbook says of one number of the catalogue.

    Args:
        anchor: below which it stands in the page, for example ``s7``.
        title: the number and a few words.
        means: what a failure means.
        look: how to look into it.
        mend: how to mend it.
        let_pass: when the run may be let pass, and how.
    """

    anchor: str
    title: str
    means: str
    look: str
    mend: str
    let_pass: str

    @property
    def address(self) -> str:
        """File and anchor."""
        return f"{PAGE}#{self.anchor}"


def read(project_dir: Path) -> dict[str, Entry]:
    """The entries by the number of the check, ``S7``; none where the page was not installed."""
    path = project_dir / PAGE
    if not path.is_file():
        return {}
    found = _ENTRY.finditer(path.read_text(encoding="utf-8"))
    return {match["anchor"].upper(): _entry(match) for match in found}


def _entry(match: re.Match[str]) -> Entry:
    pieces = _PART.split(match["text"])
    parts = {name: _plain(text) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    means, look, mend, let_pass = (parts.get(name, "") for name in PARTS)
    return Entry(match["anchor"], _plain(match["title"]), means, look, mend, let_pass)


def _plain(text: str) -> str:
    """Text without Markdown's marks, on one line; commands keep their quotes."""
    return " ".join(_MARKUP.sub(lambda match: match[1] or "", text).split())
