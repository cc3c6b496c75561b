"""A JSON array of any size is read in batches, whatever its strings hold and wherever it is cut."""

import gzip
import json
import random

import pytest

from phygital_funnel.errors import SchemaDrift, TruncatedReport
from phygital_funnel.sources.amazon_ads import rows as reader
from phygital_funnel.sources.amazon_ads.rows import read_rows

HOSTILE = (
    "}" * 200,
    "}]",
    '},{"a":1}',
    "\\",
    '"',
    '\\"},{',
    "[{",
    "é\u2028😀",
    "]",
    "",
    "{}",
    '{"x":[{}]}',
    "\x00\x1f",
)


def file_of(tmp_path, text):
    path = tmp_path / "report.json.gz"
    path.write_bytes(gzip.compress(text if isinstance(text, bytes) else text.encode()))
    return path


def batches(path, chunk_bytes=11):
    return list(read_rows(path, "the file", chunk_bytes))


@pytest.mark.parametrize("chunk_bytes", [11, 64, 1000, 1 << 20])
def test_rows_survive_whatever_their_strings_hold(tmp_path, chunk_bytes):
    chance = random.Random(chunk_bytes)  # noqa: S311  a repeatable choice, not a secret
    rows = [
        {"id": chance.randrange(2**63), "name": "".join(chance.choices(HOSTILE, k=3)), "in": {"a": [{}, {"b": "}"}]}}
        for _ in range(40)
    ]
    for text in (json.dumps(rows), json.dumps(rows, indent=2, ensure_ascii=False), f" \n{json.dumps(rows)}\r\n "):
        assert [row for batch in batches(file_of(tmp_path, text), chunk_bytes) for row in batch] == rows


@pytest.mark.parametrize("text", ["[]", " [ ] \n"])
def test_an_empty_array_is_no_rows(tmp_path, text):
    assert batches(file_of(tmp_path, text)) == []


def test_a_file_is_not_held_in_memory(tmp_path):
    """The first rows are there before the end of the file was looked at."""
    whole = file_of(tmp_path, json.dumps([{"id": number} for number in range(100_000)]))
    cut = tmp_path / "cut.json.gz"
    cut.write_bytes(whole.read_bytes()[:-20])
    read = read_rows(cut, "the file", 4096)

    assert next(read)[0] == {"id": 0}
    with pytest.raises(TruncatedReport, match="the file is cut off or damaged"):
        list(read)


def test_every_cut_of_the_text_is_noticed(tmp_path):
    text = json.dumps([{"a": "}"}, {"a": 1}])
    for end in range(1, len(text)):
        with pytest.raises(TruncatedReport, match="ends in the middle of its rows"):
            batches(file_of(tmp_path, text[:end]))


@pytest.mark.parametrize(
    "text",
    [
        '{"code":"500"}',
        "",
        "null",
        '[{"a":1}] [{"a":2}]',
        '[{"a":1}]x',
        '[1,{"a":1}]',
        '[[{"a":1}],{"b":1}]',
        "<html>}",
    ],
)
def test_what_is_no_array_of_objects_is_refused(tmp_path, text):
    with pytest.raises(SchemaDrift, match="where a JSON array of objects should be"):
        batches(file_of(tmp_path, text))


def test_an_object_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "LONGEST_OBJECT_BYTES", 10_000)
    endless = b'[{"a":"' + b"x" * 1_000_000
    with pytest.raises(SchemaDrift, match="where a JSON array of objects should be"):
        batches(file_of(tmp_path, endless), 1000)


def test_a_file_that_is_not_compressed_is_refused(tmp_path):
    path = tmp_path / "plain"
    path.write_bytes(b'[{"a":1}]')
    with pytest.raises(TruncatedReport, match="Not a gzipped file"):
        batches(path)
