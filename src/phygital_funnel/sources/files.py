"""Reads CSV, TSV, JSON Lines and Parquet into text columns; a line that cannot be parsed is kept as it stood."""

import csv
import glob
from contextlib import nullcontext
from pathlib import Path

import duckdb
import pyarrow as pa

from phygital_funnel.errors import SchemaDrift, SourceError
from phygital_funnel.sources.stream import Stream, snake_case
from phygital_funnel.warehouse.database import connect

DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
SUFFIXES = (*DELIMITERS, ".jsonl", ".ndjson", ".parquet")
TIMES_WITH_ZONE = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
MALFORMED = "malformed_line"
TEMPORARY_TABLES = ("lines", "rejects", "texts", "valid", "objects", "reject_errors", "reject_scans")


def read_file(
    path: Path, stream: Stream, *, quoted: bool = True, con: duckdb.DuckDBPyConnection | None = None
) -> pa.Table:
    """Rows of a file as the stream's columns, all text, with ``_reject`` and ``_extra``.

    Columns are found by name, in any order; a rejected line has ``_reject`` set and its text in ``_extra``; columns
    the stream does not declare are kept in ``_extra`` as a JSON object.

    Args:
        path: the file; its suffix tells the format.
        stream: what the file should hold.
        quoted: False for Amazon's flat files, in which a quotation mark is an ordinary character.
        con: in-memory connection to read with; opening one costs as much as reading a small file.

    Raises:
        SchemaDrift: required columns are missing.
        SourceError: the file cannot be read as what its name says.
    """
    try:
        with nullcontext(con) if con is not None else connect() as reading:
            for table in TEMPORARY_TABLES:
                reading.execute(f"drop table if exists {table}")
            return _READERS[path.suffix.lower()](reading, path, stream, quoted)
    except KeyError as error:
        raise SourceError(stream.source, f"{path.name}: unknown format; use one of {', '.join(SUFFIXES)}.") from error
    except (duckdb.Error, UnicodeDecodeError) as error:
        first_line = str(error).splitlines()[0]
        raise SourceError(
            stream.source, f"{path.name} cannot be read ({first_line}). Nothing of it was landed."
        ) from error


def _read_delimited(con: duckdb.DuckDBPyConnection, path: Path, stream: Stream, quoted: bool) -> pa.Table:
    delimiter = DELIMITERS[path.suffix.lower()]
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading = next(
            csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE), []
        )
    columns = [snake_case(name) for name in heading]
    _check(path, stream, columns)
    con.execute(
        """
        create temp table lines as select *, row_number() over () as _row from read_csv(
            $path, delim = $delimiter, quote = $quote, escape = $quote, header = true, auto_detect = false,
            columns = $columns, store_rejects = true, rejects_limit = 0, nullstr = '', null_padding = false)
        """,
        {
            "path": _literal(path),
            "delimiter": delimiter,
            "quote": '"' if quoted else "",
            "columns": {name or f"_unnamed_{position}": "VARCHAR" for position, name in enumerate(columns)},
        },
    )
    # Within one line a fault can be reported for several columns; the line counts once.
    con.execute(
        "create temp table rejects as select line, any_value(csv_line) as text from reject_errors group by line"
    )
    return _landable(con, stream, columns)


def _read_json_lines(con: duckdb.DuckDBPyConnection, path: Path, stream: Stream, quoted: bool) -> pa.Table:
    del quoted
    con.execute(
        """
        create temp table texts as select text, row_number() over () as _row from read_csv(
            $path, delim = chr(1), quote = '', escape = '', header = false, auto_detect = false,
            columns = {'text': 'VARCHAR'}, max_line_size = 67108864) where trim(text) <> ''
        """.replace("chr(1)", "'\x01'"),  # no line of JSON holds this character, so each line is one column
        {"path": _literal(path)},
    )
    con.execute(
        """
        create temp table valid as select text, _row from texts where json_valid(text);
        create temp table objects as select text::json as object, _row from valid where json_type(text) = 'OBJECT';
        create temp table rejects as
            select _row as line, text from texts where _row not in (select _row from objects);
        """
    )
    names = [
        row[0] for row in con.execute("select distinct unnest(json_keys(object)) from objects order by 1").fetchall()
    ]
    columns = [snake_case(name) for name in names]
    if columns:
        _check(path, stream, columns)
    elif path.stat().st_size:
        raise SourceError(stream.source, f"{path.name} holds no JSON object on any line. Nothing of it was landed.")
    pointers = {f"p{position}": "/" + name.replace("~", "~0").replace("/", "~1") for position, name in enumerate(names)}
    fields = ", ".join(
        f'object->>${key} as "{column}"' for key, column in zip(pointers, columns, strict=True) if column
    )
    con.execute(f"create temp table lines as select {fields + ', ' if fields else ''}_row from objects", pointers)
    return _landable(con, stream, columns)


def _read_parquet(con: duckdb.DuckDBPyConnection, path: Path, stream: Stream, quoted: bool) -> pa.Table:
    del quoted
    described = con.execute("describe select * from read_parquet($1)", [_literal(path)]).fetchall()
    columns = [snake_case(row[0]) for row in described]
    _check(path, stream, columns)
    fields = ", ".join(
        f'{_as_text(row[0], row[1])} as "{column}"' for row, column in zip(described, columns, strict=True) if column
    )
    con.execute(
        f"create temp table lines as select {fields}, row_number() over () as _row from read_parquet($1)",
        [_literal(path)],
    )
    con.execute("create temp table rejects (line bigint, text varchar)")
    return _landable(con, stream, columns)


def _as_text(name: str, kind: str) -> str:
    """A typed value as the text other formats would hold: UTC instants, whole numbers without a decimal point."""
    value = f'"{name.replace(chr(34), chr(34) * 2)}"'
    if kind in TIMES_WITH_ZONE:
        return f"strftime({value}::timestamptz at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind in ("DOUBLE", "FLOAT"):  # what pandas makes of an integer column with gaps
        whole = f"{value} = trunc({value}) and abs({value}) < 1e15"
        return f"case when {whole} then {value}::bigint::varchar else {value}::varchar end"
    return f"cast({value} as varchar)"


def _literal(path: Path) -> str:
    """The path as DuckDB should take it: a name, and not a pattern that other files match too."""
    return glob.escape(str(path))


_READERS = {
    **dict.fromkeys(DELIMITERS, _read_delimited),
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".parquet": _read_parquet,
}


def _check(path: Path, stream: Stream, columns: list[str]) -> None:
    named = [name for name in columns if name]
    if len(set(named)) != len(named):
        raise SourceError(stream.source, f"{path.name} names a column twice: {', '.join(named)}.")
    if missing := stream.missing(columns):
        raise SchemaDrift(
            stream.source,
            path.name,
            missing=missing,
            unexpected=[name for name in named if name not in stream.columns],
        )


def _landable(con: duckdb.DuckDBPyConnection, stream: Stream, columns: list[str]) -> pa.Table:
    """The parsed lines as the stream's columns, followed by the rejected ones."""
    declared = ", ".join(f'"{name}"' if name in columns else f'null::varchar as "{name}"' for name in stream.columns)
    others = [name for name in columns if name and name not in stream.columns]
    extra = (
        f"to_json(struct_pack({', '.join(f'{chr(34)}{name}{chr(34)}' for name in others)}))::varchar"
        if others
        else "null"
    )
    nulls = ", ".join(f'null::varchar as "{name}"' for name in stream.columns)
    return con.sql(
        f"""
        select * exclude (_order) from (
            select {declared}, null::varchar as _reject, {extra}::varchar as _extra, (0, _row) as _order from lines
            union all
            select {nulls}, '{MALFORMED}', text, (1, line) from rejects
        ) order by _order
        """
    ).to_arrow_table()
