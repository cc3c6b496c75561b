"""Files are read by column name; a line that cannot be parsed is kept as it stood."""

import gzip
import json
import logging
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phygital_funnel.errors import SchemaDrift, SourceError, TruncatedReport
from phygital_funnel.sources.amazon_seller.streams import ORDER_LINES
from phygital_funnel.sources.events.streams import CONVERSIONS, TOUCHPOINTS
from phygital_funnel.sources.files import batch, delimited, document, read_file, read_pages
from phygital_funnel.sources.links.streams import CLICKS


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_columns_are_found_by_name_in_any_order_and_unknown_ones_are_kept(write):
    path = write("a.csv", 'visitor_id,clicked-at,note,click_id\nv1,2026-10-01,"x ""y""\n z",c1\n')

    (row,) = read_file(path, CLICKS).to_pylist()
    assert (row["click_id"], row["visitor_id"], row["clicked_at"], row["country"]) == ("c1", "v1", "2026-10-01", None)
    assert row["_extra"] == '{"note":"x \\"y\\"\\n z"}'


def test_a_byte_order_mark_is_not_part_of_the_first_column(write):
    path = write("a.csv", "\ufeffclick_id,clicked_at,visitor_id\nc1,t,v\n")

    assert read_file(path, CLICKS).column("click_id").to_pylist() == ["c1"]


@pytest.mark.parametrize("line", ["c2,t", "c2,t,v,more", '"c2,t,v'])
def test_a_line_that_cannot_be_parsed_is_rejected_with_its_text_and_the_others_are_read(write, line):
    path = write("a.csv", f"click_id,clicked_at,visitor_id\nc1,t,v\n{line}\n")

    good, bad = read_file(path, CLICKS).to_pylist()
    assert (good["click_id"], good["_reject"]) == ("c1", None)
    assert (bad["_reject"], bad["_extra"].strip(), bad["click_id"]) == ("malformed_line", line, None)


def test_a_quotation_mark_is_ordinary_in_a_flat_file(write):
    heading = "\t".join(name.replace("_", "-") for name in ORDER_LINES.columns)
    values = "\t".join('5" tall' if name == "product_name" else "x" for name in ORDER_LINES.columns)
    path = write("a.tsv", f"{heading}\n{values}\n")

    assert read_file(path, ORDER_LINES, quoted=False).column("product_name").to_pylist() == ['5" tall']


def test_json_lines_that_are_no_objects_are_rejected(write):
    good = '{"touchpoint_id": 1, "journey_key": "j", "occurred_at": "t", "touch_type": "click", "channel": "c"}'
    path = write("a.jsonl", f"{good}\n{{broken\n\n[1]\n")

    rows = read_file(path, TOUCHPOINTS).to_pylist()
    assert [row["touchpoint_id"] for row in rows] == ["1", None, None]
    assert [row["_extra"] for row in rows if row["_reject"]] == ["{broken", "[1]"]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_parquet_instants_become_text_in_utc(tmp_path, unit, zone):
    columns = {name: ["x"] for name in TOUCHPOINTS.required}
    columns["occurred_at"] = (
        pa.array([1_500_000_000], pa.int64()).cast(pa.timestamp("ns")).cast(pa.timestamp(unit, zone))
    )
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path)

    assert read_file(path, TOUCHPOINTS).column("occurred_at").to_pylist() == ["1970-01-01T00:00:01.500000Z"]


def test_whole_numbers_that_pandas_made_floats_are_whole_again(tmp_path):
    columns = {name: ["x", "y", "z"] for name in CONVERSIONS.required}
    columns["net_amount_minor"] = [100.0, None, 12.5]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path)

    assert read_file(path, CONVERSIONS).column("net_amount_minor").to_pylist() == ["100", None, "12.5"]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_file_name_is_not_a_pattern(tmp_path, suffix):
    """Beside ``g[1]`` lies ``g1``, which the name matches when it is taken for a pattern."""
    for name in ("g1", "g[1]"):
        path = tmp_path / f"{name}{suffix}"
        row = dict.fromkeys(TOUCHPOINTS.required, name)
        if suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist([row]), path)
        elif suffix == ".jsonl":
            path.write_text(json.dumps(row))
        else:
            path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")

    assert read_file(tmp_path / f"g[1]{suffix}", TOUCHPOINTS).column("touchpoint_id").to_pylist() == ["g[1]"]


def test_a_quoted_comma_in_the_heading_is_part_of_a_name_and_unnamed_columns_are_left_out(write):
    path = write("a.csv", 'click_id,clicked_at,"note, free",visitor_id,,\nc1,t,n,v,,\n')

    (row,) = read_file(path, CLICKS).to_pylist()
    assert (row["click_id"], row["visitor_id"], row["_extra"], row["_reject"]) == ("c1", "v", '{"note_free":"n"}', None)


def test_a_file_without_any_json_object_is_refused(write):
    with pytest.raises(SourceError, match="no JSON object"):
        read_file(write("a.jsonl", '[{"touchpoint_id": 1}]\n'), TOUCHPOINTS)


def test_a_file_without_required_columns_is_refused_with_what_it_lacks_and_what_it_has(write):
    path = write("a.csv", "click_id,when\nc1,t\n")

    with pytest.raises(SchemaDrift, match=r"a\.csv lacks the columns clicked_at, visitor_id; unexpected columns: when"):
        read_file(path, CLICKS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", ""),
        ("a.parquet", "not parquet"),
        ("a.csv", b"click_id,clicked_at,visitor_id\n\xff\xfe,t,v\n"),
        ("a.csv", "click_id,click_id,clicked_at,visitor_id\nc,c,t,v\n"),
        ("a.csv", ""),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(write, name, content):
    with pytest.raises(SourceError, match=name):
        read_file(write(name, content), CLICKS)


def test_a_file_with_a_heading_only_has_no_rows(write):
    assert read_file(write("a.csv", "click_id,clicked_at,visitor_id\n"), CLICKS).num_rows == 0


HEADING = "click_id,clicked_at,visitor_id\n"
TOUCH = {"touchpoint_id": "1", "journey_key": "j", "occurred_at": "t", "touch_type": "click", "channel": "c"}


def told(rows):
    """Each row as the id it holds, or the text of a line that could not be parsed."""
    return [row["_extra"] if row["_reject"] else row["click_id"] for row in rows.to_pylist()]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("other", ["\n", "\r\n"])
@pytest.mark.parametrize("block", [8, 1 << 16])
def test_rejected_lines_stay_apart_and_in_place_whatever_ends_them(write, monkeypatch, end, other, block):
    monkeypatch.setattr(document, "BLOCK", block)
    text = HEADING.replace("\n", end) + f"c1,t,v{end}bad{other}worse{end}c2,t,v{other}c3,t,v"
    assert told(read_file(write("a.csv", text), CLICKS)) == ["c1", "bad", "worse", "c2", "c3"]


def test_an_open_quotation_mark_takes_only_its_own_line(write):
    lines = ['c1,t,"v', "c2,t,v", 'c3,"t",v', 'c4,t,v"', "c5,t,v"]
    rows = told(read_file(write("a.csv", HEADING + "\n".join(lines)), CLICKS))
    assert rows == ['c1,t,"v', "c2", "c3", "c4", "c5"]


def test_an_open_quotation_mark_far_from_the_next_one_takes_only_its_own_line(write, monkeypatch):
    monkeypatch.setattr(delimited, "LONGEST_RECORD", 1000)
    lines = ['c0,t,"v', *(f"c{n},t,v" for n in range(1, 500)), 'c500,t,v"']
    rows = told(read_file(write("a.csv", HEADING + "\n".join(lines)), CLICKS))
    assert rows == ['c0,t,"v', *(f"c{n}" for n in range(1, 501))]


def test_a_record_of_several_lines_is_one_row_and_a_wrong_one_is_kept_whole(write, monkeypatch):
    monkeypatch.setattr(document, "BLOCK", 32)  # the heading alone, whose block is always parsed line by line
    path = write("a.csv", HEADING + 'c1,t,"v\r\nw"\nc2,t,"v\nw",more\n')
    rows = read_file(path, CLICKS)
    assert (told(rows), rows["visitor_id"][0].as_py()) == (["c1", 'c2,t,"v\nw",more'], "v\r\nw")


def test_blank_lines_are_no_rows_and_empty_fields_no_text(write):
    (row,) = read_file(write("a.csv", f'\n{HEADING}\r\n"",t,v\n\n'), CLICKS).to_pylist()
    assert (row["click_id"], row["visitor_id"], row["_reject"]) == (None, "v", None)


def test_what_stands_in_a_column_without_a_name_is_kept(write):
    path = write("a.csv", "click_id,clicked_at,visitor_id,,\nc1,t,v,,x\n")
    assert read_file(path, CLICKS)["_extra"].to_pylist() == ['{"_unnamed_4":"x"}']


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (HEADING.replace(",", ";"), "seems to be separated by ';'"),
        (HEADING + "c1\n", "has no line with the 3 fields that its heading names"),
        ('"click_id\n', "begins with a line that cannot be parsed"),
        ("click_id,clicked_at,visitor_id\rc1,t,v\r", "begins with a line that cannot be parsed"),
        ("", "is empty"),
        (HEADING.encode() + b"c1,t,v\nc2,caf\xe9,v\n", "is not UTF-8: line 3 holds the byte 0xE9 at position 7"),
        (HEADING.encode("utf-16"), "is written in UTF-16"),
        (b"PK\x03\x04\x14\x00", "is a workbook or a ZIP archive"),
        (b"PAR1\x15", "is a Parquet file"),
        (b"\x1f\x8b\x08", "is compressed with gzip"),
    ],
)
def test_a_refusal_says_what_is_wrong_where_and_what_to_do(write, content, reason):
    with pytest.raises(SourceError) as refused:
        read_file(write("a.csv", content), CLICKS)
    text = str(refused.value)
    assert text.startswith(f"links: clicks/a.csv {reason}")
    assert ". Nothing of it was landed: " in text


def test_a_line_without_an_end_is_refused(write, monkeypatch):
    monkeypatch.setattr(document, "LONGEST_LINE", 1 << 20)
    with pytest.raises(SourceError, match="no end of line 2 within 1 MB"):
        read_file(write("a.csv", HEADING + "x" * (1 << 21)), CLICKS)


def test_a_refusal_of_a_hostile_heading_stays_short(write):
    with pytest.raises(SchemaDrift) as refused:
        read_file(write("a.csv", "click_id," + ",".join(f"{n}{'x' * 1000}" for n in range(1000)) + "\n"), CLICKS)
    assert len(str(refused.value)) < 2000


@pytest.mark.parametrize("name", ["a.csv.gz", "A.CSV.GZ"])
def test_compressed_files_are_read(write, name):
    assert told(read_file(write(name, gzip.compress(f"{HEADING}c1,t,v\n".encode())), CLICKS)) == ["c1"]


def test_compressed_json_lines_are_read(write):
    path = write("a.jsonl.gz", gzip.compress(json.dumps(TOUCH).encode()))
    assert read_file(path, TOUCHPOINTS)["touchpoint_id"].to_pylist() == ["1"]


def test_a_compressed_file_that_ends_too_early_is_refused(write):
    whole = gzip.compress((HEADING + "".join(f"c{n},t,{n * 7919}\n" for n in range(5000))).encode())
    with pytest.raises(TruncatedReport, match=r"clicks/a\.csv\.gz ends before its compressed data does"):
        read_file(write("a.csv.gz", whole[: len(whole) // 2]), CLICKS)


@pytest.mark.parametrize(
    "damaged",
    [b"click_id,clicked_at\n", gzip.compress(HEADING.encode(), mtime=0)[:10] + b"\xff" * 40],
    ids=["plain", "broken"],
)
def test_damaged_compression_is_refused(write, damaged):
    with pytest.raises(SourceError, match=r"clicks/a\.csv\.gz cannot be read"):
        read_file(write("a.csv.gz", damaged), CLICKS)


def test_numbers_of_json_are_kept_as_they_are_written(write):
    amounts = ["12.50", "123456789012345678901234567890", "1e30", "-7", "true", "null"]
    lines = [json.dumps({**dict.fromkeys(CONVERSIONS.required, "x"), "net_amount_minor": "?"}) for _ in amounts]
    texts = [line.replace('"?"', amount) for line, amount in zip(lines, amounts, strict=True)]
    rows = read_file(write("a.jsonl", "\n".join(texts)), CONVERSIONS)
    assert rows["net_amount_minor"].to_pylist() == [*amounts[:-1], None]


def test_json_that_is_nested_without_end_is_a_malformed_line(write):
    deep = json.dumps({**TOUCH, "note": "?"})
    lines = [json.dumps(TOUCH), *(deep.replace('"?"', "[" * n + "1.5" + "]" * n) for n in (300, 1010, 5000))]
    rows = read_file(write("a.jsonl", "\n".join(lines)), TOUCHPOINTS)
    assert rows["_reject"].null_count == 1
    assert [len(text) for text in rows["_extra"].to_pylist()[1:]] == [len(line) for line in lines[1:]]


def test_fields_the_stream_does_not_declare_are_kept_where_they_occur(write):
    lines = [TOUCH, {**TOUCH, "note": {"a": [1, 2]}, "rank": 3}, {**TOUCH, "note": None}]
    rows = read_file(write("a.jsonl", "\n".join(map(json.dumps, lines))), TOUCHPOINTS)
    assert rows["_extra"].to_pylist() == [None, '{"note":"{\\"a\\":[1,2]}","rank":"3"}', '{"note":null}']


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_pages_are_small_and_together_the_whole_file_in_its_order(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(document, "BLOCK", 64)
    monkeypatch.setattr(batch, "PAGE_ROWS", 100)
    monkeypatch.setattr("phygital_funnel.sources.files.parquet.PAGE_ROWS", 100)
    rows = [{**TOUCH, "touchpoint_id": str(n)} for n in range(250)]
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif suffix == "jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    else:
        path.write_text("\n".join(",".join(row) for row in [list(TOUCH), *(list(row.values()) for row in rows)]))
    pages = list(read_pages(path, TOUCHPOINTS))
    assert len(pages) == 3
    assert all(100 <= page.num_rows < 110 for page in pages[:-1]), "a page ends with the block that fills it"
    assert pa.concat_tables(pages)["touchpoint_id"].to_pylist() == [str(n) for n in range(250)]


def test_a_name_that_two_fields_share_is_refused_on_any_page(write, monkeypatch):
    monkeypatch.setattr(batch, "PAGE_ROWS", 1)
    monkeypatch.setattr(document, "BLOCK", 64)
    lines = [TOUCH, {**TOUCH, "adId": "1", "ad_id": "2"}]
    with pytest.raises(SourceError, match=r"names a column twice \(ad_id\)"):
        read_file(write("a.jsonl", "\n".join(map(json.dumps, lines))), TOUCHPOINTS)


def test_a_required_field_that_is_missing_later_is_left_to_the_row_rules(write, monkeypatch):
    """Where the pages of a file end is our own business, so it cannot decide what is refused."""
    monkeypatch.setattr(batch, "PAGE_ROWS", 1)
    monkeypatch.setattr(document, "BLOCK", 64)
    lines = [TOUCH, {name: value for name, value in TOUCH.items() if name != "channel"}]
    rows = read_file(write("a.jsonl", "\n".join(map(json.dumps, lines))), TOUCHPOINTS)
    assert rows["channel"].to_pylist() == ["c", None]


def test_typed_values_of_parquet_become_what_the_other_formats_hold(tmp_path):
    day = pa.array([20_000], pa.int32()).cast(pa.date32())
    columns = {
        **{name: pa.array(["x"]) for name in CONVERSIONS.required},
        "net_amount_minor": pa.array([1e17]), "product_id": pa.array([7], pa.int8()), "market": pa.array([b"FR"]),
        "day": day, "tags": pa.array([["a", None]]), "share": pa.array([1e-7]),
        "kind": pa.array(["k"]).dictionary_encode(),
    }  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (row,) = read_file(tmp_path / "a.parquet", CONVERSIONS).to_pylist()
    assert (row["net_amount_minor"], row["product_id"], row["market"]) == ("100000000000000000", "7", "FR")
    assert json.loads(row["_extra"]) == {"day": "2024-10-04", "tags": '["a",null]', "share": "0.0000001", "kind": "k"}


def parquet_with(path, **columns):
    pq.write_table(pa.table({**{name: ["x"] for name in TOUCHPOINTS.required}, **columns}), path)
    return path


@pytest.mark.parametrize("kind", ["text", "time"])
def test_a_value_of_parquet_that_cannot_be_text_is_refused_by_its_column(tmp_path, kind):
    offsets, characters = pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")
    bad = {
        "text": pa.Array.from_buffers(pa.string(), 1, [None, offsets, characters]),
        "time": pa.array([2**62], pa.int64()).cast(pa.timestamp("ms", "UTC")),
    }
    path = parquet_with(tmp_path / "a.parquet", market=bad[kind])
    with pytest.raises(SourceError, match=r"a\.parquet has a value in the column market that cannot be"):
        read_file(path, TOUCHPOINTS)


def test_malformed_lines_are_counted_in_the_log(write, caplog):
    with caplog.at_level(logging.WARNING):
        read_file(write("a.csv", HEADING + "c1,t,v\nbad\n"), CLICKS)
    assert caplog.messages == ["links clicks/a.csv: 1 of 2 lines cannot be parsed"]


def test_memory_does_not_grow_with_the_file_and_pandas_stays_out(tmp_path):
    """40 MB of text in a process of its own: what is held at a time is a page."""
    path = tmp_path / "a.csv"
    path.write_text(HEADING + "".join(f"c{n:0100d},t,v{n:0100d}\n" for n in range(200_000)))
    script = (
        "import resource, sys; from pathlib import Path; from phygital_funnel.sources.files import read_pages; "
        "from phygital_funnel.sources.links.streams import CLICKS; "
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; before = peak(); "
        f"rows = sum(page.num_rows for page in read_pages(Path({str(path)!r}), CLICKS)); "
        "print(rows, peak() - before, 'pandas' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    rows, grown, has_pandas = answer
    assert (rows, has_pandas) == ("200000", "False")
    assert int(grown) < 40 << 10, f"{grown} KB"
