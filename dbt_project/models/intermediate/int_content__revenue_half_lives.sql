-- The same days as for views: those of publication to the ninetieth after it, each order on its market's day.
with credited as (
    select
        credit.content_id,
        -- Where the market's day is still the day before publication's in UTC, it counts as that of publication.
        greatest({{ days_between('cast(content.published_at as date)', 'credit.event_date_market') }}, 0) as age_days,
        credit.attributed_amount_reporting_minor as amount_minor,
        credit.unconverted_rows
    from {{ ref('int_attribution__order_credit') }} as credit
    join {{ ref('dim_content') }} as content
        on content.content_id = credit.content_id
    cross join {{ source('raw', 'build') }} as build
    where credit.attribution_model = '{{ var("headline_model") }}'
        and credit.event_date_market <= {{ add_days('cast(content.published_at as date)', 90) }}
        -- The last of them is over in every zone.
        and cast(build.known_at as date) > {{ add_days('cast(content.published_at as date)', 91) }}
),

running as (
    select
        content_id,
        age_days,
        -- Amounts of one day count together.
        sum(amount_minor) over (partition by content_id order by age_days range unbounded preceding) as amount_upto,
        sum(amount_minor) over (partition by content_id) as amount_total,
        sum(unconverted_rows) over (partition by content_id) as unconverted_rows
    from credited
)

select
    content_id,
    min(age_days) as revenue_half_life_days
from running
where amount_total > 0
    and 2 * amount_upto >= amount_total
    and unconverted_rows = 0
group by content_id
