"""What may be sent to a terminal or a log: text from outside is shown, and never acts."""

import json


def printable(text: str) -> str:
    """The text with every character that a terminal would act upon, or that hides, written as its code."""
    return text if text.isprintable() else "".join(char if char.isprintable() else _code(char) for char in text)


def printable_lines(text: str) -> str:
    """Several lines of the program's own making, each printable."""
    return "\n".join(printable(line.replace("\t", "    ")) for line in text.split("\n"))


def printable_json(text: str) -> str:
    """JSON that says the same and holds no character that a terminal would act upon."""
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)


def _code(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
