"""Files are read by column name; a line that cannot be parsed is kept as it stood."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phygital_funnel.errors import SchemaDrift, SourceError
from phygital_funnel.sources.amazon_seller.streams import ORDER_LINES
from phygital_funnel.sources.events.streams import CONVERSIONS, TOUCHPOINTS
from phygital_funnel.sources.files import read_file
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
