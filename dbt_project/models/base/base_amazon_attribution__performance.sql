with landed as (
    select * from {{ raw_relation('amazon_attribution', 'performance') }}
),

typed as (
    select
        coalesce({{ clean_text('profile_id') }}, {{ clean_text('_account') }}) as profile_id,
        upper(coalesce({{ clean_text('level') }}, {{ clean_text('_part') }})) as report_level,
        {{ compact_date('date') }} as event_date_source,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('ad_group_id') }} as ad_group_id,
        {{ clean_text('creative_id') }} as creative_id,
        {{ clean_text('publisher') }} as publisher,
        {{ whole_number('click_throughs') }} as clicks,
        {{ whole_number('attributed_detail_page_views_clicks14d') }} as promoted_detail_page_views,
        {{ whole_number('attributed_add_to_cart_clicks14d') }} as promoted_add_to_carts,
        {{ whole_number('attributed_purchases14d') }} as promoted_orders,
        {{ whole_number('units_sold14d') }} as promoted_units,
        {{ whole_number('attributed_total_detail_page_views_clicks14d') }} as detail_page_views,
        {{ whole_number('attributed_total_add_to_cart_clicks14d') }} as add_to_carts,
        {{ whole_number('attributed_total_purchases14d') }} as orders,
        {{ whole_number('total_units_sold14d') }} as units,
        {{ decimal_number('attributed_sales14d') }} as promoted_sales_amount,
        {{ decimal_number('total_attributed_sales14d') }} as sales_amount,
        {{ decimal_number('brb_bonus_amount') }} as referral_bonus_amount,
        (
            {{ is_bad_whole_number('click_throughs') }}
            or {{ is_bad_whole_number('attributed_detail_page_views_clicks14d') }}
            or {{ is_bad_whole_number('attributed_add_to_cart_clicks14d') }}
            or {{ is_bad_whole_number('attributed_purchases14d') }}
            or {{ is_bad_whole_number('units_sold14d') }}
            or {{ is_bad_whole_number('attributed_total_detail_page_views_clicks14d') }}
            or {{ is_bad_whole_number('attributed_total_add_to_cart_clicks14d') }}
            or {{ is_bad_whole_number('attributed_total_purchases14d') }}
            or {{ is_bad_whole_number('total_units_sold14d') }}
            or {{ is_bad_decimal('attributed_sales14d') }}
            or {{ is_bad_decimal('total_attributed_sales14d') }}
            or {{ is_bad_decimal('brb_bonus_amount') }}
        ) as has_bad_number,
        {{ landing_columns() }}
    from landed
),

current_rows as (
    {{ current_in_window('amazon_attribution', 'performance', 'typed', 'event_date_source') }}
),

accounts as (
    select
        profile_id,
        max(currency) as currency
    from {{ ref('base_amazon_attribution__profiles') }}
    where reject_rule is null or reject_rule = 'unknown_currency'
    group by profile_id
),

judged as (
    select
        current_rows.*,
        account.currency,
        {{ minor_units('current_rows.promoted_sales_amount', 'currencies.minor_units_per_unit') }}
            as promoted_sales_minor,
        {{ minor_units('current_rows.sales_amount', 'currencies.minor_units_per_unit') }} as sales_minor,
        {{ minor_units('current_rows.referral_bonus_amount', 'currencies.minor_units_per_unit') }}
            as referral_bonus_minor,
        case
            when _reject is not null then 'malformed'
            when current_rows.profile_id is null or report_level is null or campaign_id is null
                or (report_level = 'ADGROUP' and ad_group_id is null)
                or (report_level = 'CREATIVE' and creative_id is null) then 'missing_key'
            when report_level not in ('CAMPAIGN', 'ADGROUP', 'CREATIVE') then 'unknown_level'
            when event_date_source is null then 'unparseable_date'
            when has_bad_number then 'unparseable_number'
            when is_outside_window then 'outside_window'
            when account.profile_id is null then 'unknown_account'
            when currencies.currency is null then 'unknown_currency'
        end as broken_rule
    from current_rows
    left join accounts as account
        on account.profile_id = current_rows.profile_id
    left join {{ ref('currencies') }} as currencies
        on currencies.currency = account.currency
),

kept as (
    {{ keep_first_of_key(
        'judged', ['profile_id', 'report_level', 'campaign_id', 'ad_group_id', 'creative_id', 'event_date_source']
    ) }}
)

select * from kept
