-- I8: a code never takes from TikTok on its own order: a line with a valid one is wholly its owner's in every model.
select
    codes.conversion_id,
    codes.creator_id,
    count(credit.conversion_id) as recipients
from {{ ref('int_promo__matched_lines') }} as codes
left join {{ ref('fct_attribution_credit_wide') }} as credit
    on credit.conversion_id = codes.conversion_id
group by codes.conversion_id, codes.creator_id
having count(credit.conversion_id) <> 1
    or max(credit.evidence) <> 'promo_code'
    or max(credit.creator_id) is distinct from codes.creator_id
    or min(least(
        credit.first_touch_credit_micro,
        credit.last_touch_credit_micro,
        credit.last_engaged_touch_credit_micro,
        credit.linear_credit_micro,
        credit.position_based_credit_micro,
        credit.time_decay_credit_micro,
        credit.amazon_14d_last_click_credit_micro,
        credit.tiktok_7c1v_credit_micro
    )) <> 1000000
