-- totals_equal_the_ledger: a day is exported twice
update mart_attribution_daily set credit_micro = 2 * credit_micro where evidence = 'event';

-- all_models_are_there: both tables of the release lost a model
delete from mart_attribution_daily where attribution_model = 'linear';
create table other as select * from fct_attribution_credit where attribution_model <> 'linear';
create or replace view fct_attribution_credit as from other;
