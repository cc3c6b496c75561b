-- rows_are_unique: the campaign's bonus is added to that of its ad groups
insert into fct_referral_bonus select * from fct_referral_bonus where ad_group_id = 'g1';
