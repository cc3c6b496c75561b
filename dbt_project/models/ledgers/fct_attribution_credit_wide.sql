{{ config(materialized='view') }}
-- What is stored is the running credit (ADR 4): credit is its differences, and money those of the line's amounts.
-- What readers want to know of a recipient is stored once for all that have it in common, and of a line with the line.
select
    lines.conversion_id,
    credit.recipient_key,
    credit.touchpoint_id,
    lines.platform,
    media.channel,
    media.campaign_id,
    media.ad_group_id,
    media.ad_id,
    media.content_id,
    media.creator_id,
    lines.market,
    media.evidence,
    media.credit_resolution,
    path_position,
    path_length,
    first_touch_upto - first_touch_before as first_touch_credit_micro,
    {{ amount_between('net_amount_minor', 'first_touch_upto', 'first_touch_before') }}
        as first_touch_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'first_touch_upto', 'first_touch_before') }}
        as first_touch_amount_reporting_minor,
    last_touch_upto - last_touch_before as last_touch_credit_micro,
    {{ amount_between('net_amount_minor', 'last_touch_upto', 'last_touch_before') }}
        as last_touch_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'last_touch_upto', 'last_touch_before') }}
        as last_touch_amount_reporting_minor,
    last_engaged_touch_upto - last_engaged_touch_before as last_engaged_touch_credit_micro,
    {{ amount_between('net_amount_minor', 'last_engaged_touch_upto', 'last_engaged_touch_before') }}
        as last_engaged_touch_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'last_engaged_touch_upto', 'last_engaged_touch_before') }}
        as last_engaged_touch_amount_reporting_minor,
    linear_upto - linear_before as linear_credit_micro,
    {{ amount_between('net_amount_minor', 'linear_upto', 'linear_before') }}
        as linear_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'linear_upto', 'linear_before') }}
        as linear_amount_reporting_minor,
    position_based_upto - position_based_before as position_based_credit_micro,
    {{ amount_between('net_amount_minor', 'position_based_upto', 'position_based_before') }}
        as position_based_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'position_based_upto', 'position_based_before') }}
        as position_based_amount_reporting_minor,
    time_decay_upto - time_decay_before as time_decay_credit_micro,
    {{ amount_between('net_amount_minor', 'time_decay_upto', 'time_decay_before') }}
        as time_decay_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'time_decay_upto', 'time_decay_before') }}
        as time_decay_amount_reporting_minor,
    amazon_14d_last_click_upto - amazon_14d_last_click_before as amazon_14d_last_click_credit_micro,
    {{ amount_between('net_amount_minor', 'amazon_14d_last_click_upto', 'amazon_14d_last_click_before') }}
        as amazon_14d_last_click_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'amazon_14d_last_click_upto', 'amazon_14d_last_click_before') }}
        as amazon_14d_last_click_amount_reporting_minor,
    tiktok_7c1v_upto - tiktok_7c1v_before as tiktok_7c1v_credit_micro,
    {{ amount_between('net_amount_minor', 'tiktok_7c1v_upto', 'tiktok_7c1v_before') }}
        as tiktok_7c1v_amount_minor,
    {{ amount_between('net_amount_reporting_minor', 'tiktok_7c1v_upto', 'tiktok_7c1v_before') }}
        as tiktok_7c1v_amount_reporting_minor,
    -- Cumulative credit of the line's earlier recipients: postings and the bridge apportion other amounts by it.
    {{ var('headline_model') }}_before as headline_before_micro,
    lines.currency,
    lines.converted_at,
    lines.conversion_status
from {{ ref('int_credit__unified') }} as credit
join {{ ref('int_credit__media') }} as media
    on media.media_key = credit.media_key
join {{ ref('int_conversions__converted') }} as lines
    on lines.line_key = credit.line_key
