-- streams_due and streams_reread are made of what the streams declare: src/phygital_funnel/quality/declared.py.
-- The day to which freshness is held: now, but a rebuild of a past state is as old as that state. Where nothing is built, as by
-- `phygital validate landing`, the caller says of what moment the knowledge is.
create or replace temp macro day_known() as least(
    cast(getvariable('evaluated_at') as date),
    cast(coalesce(getvariable('known_at'), (select max(known_at) from raw.build)) as date)
);
