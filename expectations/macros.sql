-- What the queries of all stages share. A gate's memory must not grow with its tables, so nothing is grouped by a key of
-- which there are millions; whether each key is there once is dbt's to say, on all of them.

-- Rows of each table, as the database's own statistics know them. A variable, since a filter that holds a subquery is
-- applied after the joins that it should spare.
set variable rows_of = (
    select map_from_entries(list({'name': schema_name || '.' || table_name, 'rows': estimated_size}))
    from duckdb_tables()
    where database_name = current_database()
);
-- Into how many parts a table's keys are divided, of which a day looks at one: a part is about two million keys.
create or replace temp macro parts_of(table_name) as cast(
    1 + coalesce(getvariable('rows_of')[table_name], 0) // 2000000 as hugeint
);
-- The first hash of the part that has its turn so many days after 1970, and of the part after it.
create or replace temp macro first_hash(table_name, days) as (days % parts_of(table_name)) * (18446744073709551616 // parts_of(table_name));
create or replace temp macro last_hash(table_name, days) as if(
    days % parts_of(table_name) = parts_of(table_name) - 1, 18446744073709551615,
    first_hash(table_name, days) + 18446744073709551616 // parts_of(table_name) - 1
);
create or replace temp macro days_passed() as cast(
    date_diff('day', date '1970-01-01', coalesce(getvariable('evaluated_at'), timestamp '2000-01-01')) as hugeint
);
-- Whether a key of a table is among those that the gate looks at today, with all its rows: each of up to two million, and
-- of a larger table other ones every day. A range of hashes, since that is a filter that DuckDB hands down to the table.
create or replace temp macro looked_at(key, table_name) as hash(key) between
    cast(first_hash(table_name, days_passed()) as ubigint) and cast(last_hash(table_name, days_passed()) as ubigint);
-- A number that belongs to an id, so that one sum over a table says whether each id's amounts are right: two tables in which
-- the amounts of an id differ agree in the sum of weight times amount once in sixteen million times.
create or replace temp macro weight_of(id) as 1 + cast(hash(id) % 16777215 as bigint);
