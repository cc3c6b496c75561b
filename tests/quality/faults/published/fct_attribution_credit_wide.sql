-- wide_and_long_agree: the long form is of another build
create table other as select * from fct_attribution_credit;
update other set attributed_amount_minor = 499 where recipient_key = 'k1' and attribution_model = 'linear';
create or replace view fct_attribution_credit as from other;
