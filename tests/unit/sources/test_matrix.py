"""docs/platforms.md shows every stream as it is declared."""

from dataclasses import replace
from pathlib import Path

import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sources import matrix
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Meaning

PLATFORMS = Path(__file__).parents[3] / "docs" / "platforms.md"


def test_the_page_holds_the_tables_as_they_are_made():
    text = PLATFORMS.read_text(encoding="utf-8")
    assert matrix.refreshed(text) == text, "run: python -m phygital_funnel.sources.matrix docs/platforms.md"


def test_both_tables_list_every_stream_once_and_in_whole_lines():
    tables = [part for part in matrix.block().split("\n\n") if part.startswith("|")]
    assert len(tables) == 2
    for table in tables:
        lines = table.splitlines()
        assert [line.split(" | ")[0] for line in lines[2:]] == [
            f"| {stream.source} `{stream.name}`" for stream in all_streams()
        ]
        assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


@pytest.mark.parametrize("stream", all_streams(), ids=lambda stream: stream.relation)
def test_every_stream_says_what_a_row_is_and_every_dated_one_whose_days_it_has(stream):
    assert stream.meaning.grain != "row"
    if stream.coverage == "window":
        assert stream.meaning.zone != "none"
        assert stream.meaning.dated_on != "none"


def test_a_bar_inside_a_cell_begins_no_column(monkeypatch):
    odd = replace(all_streams()[0], meaning=Meaning("this | that"))
    monkeypatch.setattr(matrix, "all_streams", lambda: (odd,))
    assert "| this \\| that |" in matrix.block()


def test_only_what_is_between_the_markers_is_replaced():
    old = f"before\n{matrix.BEGIN}\nold\n{matrix.END}\nafter\n"
    assert matrix.refreshed(old) == f"before\n{matrix.block()}\nafter\n"


@pytest.mark.parametrize("text", ["nothing", matrix.BEGIN, f"{matrix.END} {matrix.BEGIN}"])
def test_a_document_without_its_markers_is_refused(text):
    with pytest.raises(ConfigError, match="lacks the markers"):
        matrix.refreshed(text)


def test_the_command_prints_the_block_or_mends_a_document(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(f"{matrix.BEGIN}{matrix.END}")

    matrix.main([])
    matrix.main([str(page)])

    assert capsys.readouterr().out == page.read_text() + "\n"
