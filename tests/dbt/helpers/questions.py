"""The queries of docs/questions.md."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "questions.md"
QUESTION = re.compile(r"^### (\d+)\. [^\n]+\n.*?^```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def questions() -> dict[int, str]:
    """Each question's query by its number, as it stands on the page."""
    return {int(number): sql for number, sql in QUESTION.findall(PAGE.read_text(encoding="utf-8"))}
