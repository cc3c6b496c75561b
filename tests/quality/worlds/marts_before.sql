-- What the ledgers were made of: exchange rates, and what the release before said.
create schema raw;
create table raw.build as select 'run' as run_id, timestamp '2026-11-03 06:00' as known_at;
create schema base;

create table base.currencies as select unnest(['USD', 'EUR']) as currency, 100::bigint as minor_units_per_unit;
create table staging.stg_reference__fx_rates as
select date '2026-10-30' as rate_date, 'USD' as currency, 1.08::decimal(24, 12) as units_per_eur;
-- What the release before said of the one day it had.
create table raw.previous_lines as
select 'l0' as conversion_id, date '2026-11-01' as event_date_market, 'USD' as currency;
create table raw.previous_credit as select 'l0' as conversion_id, 1000::bigint as amount_minor;
