"""Pages become text exactly as the wire spelled it, or are refused with the field and the page."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phygital_funnel.errors import SchemaDrift
from phygital_funnel.landing.columns import constant, texts
from phygital_funnel.landing.rows import PageReader, days_of
from phygital_funnel.sources.stream import Coverage, Extraction, Page, Stream

ORDERS = Stream(
    "tiktok_shop",
    "orders",
    columns=("order_id", "note", "quantity", "is_sample", "items", "extra_id"),
    key=("order_id",),
    coverage=Coverage.CHANGES,
    scope=("order_id",),
    required=("order_id", "quantity"),
    numbers=("quantity",),
    flags=("is_sample",),
    nested=("items",),
    untyped=("extra_id",),
)


def read(rows, number=1, account="7"):
    reader = PageReader(Extraction.of_rows(ORDERS, [], account))
    batches, new = reader.read(Page(rows), number)
    return [row for batch in batches for row in batch.to_pylist()], new


def row(**fields):
    return {"order_id": "1", "quantity": 1} | fields


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-7, "-7"),
        (2**70, "1180591620717411303424"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (None, None),
    ],
)
def test_a_number_is_landed_in_plain_digits(value, text):
    (landed,), _ = read([row(quantity=value)])

    assert landed["quantity"] == text


def test_flags_nested_and_untyped_values_are_landed_as_json():
    (landed,), _ = read([row(is_sample=True, items=[{"b": 1, "a": "ü"}], extra_id=12)])

    assert (landed["is_sample"], landed["items"], landed["extra_id"]) == ("true", '[{"a": "ü", "b": 1}]', "12")
    assert read([row(extra_id="x", is_sample=False)])[0][0]["extra_id"] == "x"


def test_null_and_absent_are_the_same_and_no_fault():
    landed, new = read([row(note=None), row()])

    assert [one["note"] for one in landed] == [None, None]
    assert new == set()


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("note", 3, "a number, not text"),
        ("note", True, "true or false, not text"),
        ("note", ["x"], "a list, not text"),
        ("note", {"x": 1}, "an object, not text"),
        ("quantity", "3", "text, not a number"),
        ("quantity", True, "true or false, not a number"),
        ("is_sample", "true", "text, not true or false"),
        ("is_sample", 1, "a number, not true or false"),
        ("items", "[]", "text, not a list or an object"),
    ],
)
def test_a_field_of_another_type_is_refused_with_its_name_and_page(field, value, found):
    with pytest.raises(SchemaDrift) as drift:
        read([row(), row(**{field: value})], number=3)

    assert drift.value.retyped == {field: found}
    assert str(drift.value) == (
        f"tiktok_shop: orders of 7, page 3 has {field} as {found}. Nothing of it was landed: correct the file, or, if "
        "the platform changed its answer, the stream's declaration in sources/tiktok_shop/streams.py; then extract "
        "again."
    )


def test_a_page_without_a_required_field_is_refused_and_suspects_are_named():
    with pytest.raises(SchemaDrift) as drift:
        read([{"order_id": "1", "qty": 1, "note": 5}], number=2)

    assert drift.value.missing == ("quantity",)
    assert "page 2 lacks the columns quantity; has note as a number, not text; unexpected columns: qty." in str(
        drift.value
    )


def test_one_row_without_a_required_field_is_left_to_the_quarantine():
    landed, _ = read([row(), {"order_id": "2"}])

    assert [one["quantity"] for one in landed] == ["1", None]


def test_an_empty_page_lacks_nothing():
    assert read([]) == ([], set())


def test_a_row_that_is_no_object_is_refused():
    with pytest.raises(SchemaDrift, match="page 1 has a row as something else than an object"):
        read([row(), ["1", 2]])


def test_new_fields_are_kept_and_named():
    landed, new = read([row(colour="red", size=[1]), row()])

    assert [one["_extra"] for one in landed] == ['{"colour": "red", "size": [1]}', None]
    assert new == {"colour", "size"}


def test_new_fields_of_a_file_are_named_and_rejected_lines_are_no_fields():
    columns = {"order_id": ["1", None], "quantity": ["2", None]}
    table = pa.table(
        {name: pa.array(values) for name, values in columns.items()}
        | {"_extra": pa.array(['{"colour": "red"}', "a,b"]), "_reject": pa.array([None, "malformed_line"])}
    )
    landed, new = read(table)

    assert new == {"colour"}
    assert [one["_reject"] for one in landed] == [None, "malformed_line"]
    assert landed[0]["note"] is None


def test_a_table_that_holds_numbers_is_refused():
    with pytest.raises(SchemaDrift, match="has quantity as int64, not text"):
        read(pa.table({"order_id": ["1"], "quantity": [2]}))


@given(st.lists(st.none() | st.text(st.characters(codec=None, categories=None))))
def test_any_text_comes_back_as_it_was(values):
    """Half of a surrogate pair is no character: it comes back as JSON spells it."""
    expected = [None if one is None else one.encode("utf-8", "backslashreplace").decode() for one in values]
    column = texts(values)
    column.validate(full=True)

    assert column.to_pylist() == expected


def test_a_constant_is_repeated():
    assert constant("ü", 3).to_pylist() == ["ü"] * 3


def test_rows_are_counted_by_day_however_the_day_is_spelled():
    column = pa.array(
        ["2026-11-03 00:00:00", "20261103", "2026-11-03T04:00", "2026-11-09", "no date", None, "17621280000"]
    )

    assert days_of(column, frozenset(["2026-11-03", "2026-11-04"])) == Counter({"2026-11-03": 3})
