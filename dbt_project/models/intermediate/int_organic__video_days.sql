{% set counters = ['video_views', 'likes', 'comments', 'shares', 'favorites', 'profile_views', 'new_followers'] -%}

with snapshots as (
    select * from {{ ref('stg_tiktok_organic__videos') }}
),

-- Days on which an account was looked at, whichever of its posts there were.
looks as (
    select
        business_id,
        snapshot_date,
        lag(snapshot_date) over (partition by business_id order by snapshot_date) as previous_look
    from (
        select distinct
            business_id,
            snapshot_date
        from snapshots
    ) as looked_at
),

followed as (
    select
        snapshots.*,
        looks.previous_look,
        lag(snapshots.snapshot_date) over post as previous_date
        {%- for name in counters %},
        lag(snapshots.{{ name }}) over post as previous_{{ name }}
        {%- endfor %}
    from snapshots
    join looks
        on looks.business_id = snapshots.business_id
        and looks.snapshot_date = snapshots.snapshot_date
    window post as (partition by snapshots.item_id order by snapshots.snapshot_date)
),

-- A post that came after the account was last looked at began at nought.
compared as (
    select
        followed.*,
        previous_date is null and cast(published_at as date) >= previous_look as is_new
    from followed
),

final as (
    select
        business_id,
        item_id,
        snapshot_date,
        coalesce(previous_date, case when is_new then previous_look end) as previous_date,
        {% for name in counters -%}
        case
            when {{ name }} < previous_{{ name }} then 0
            else {{ name }} - case when is_new then 0 else previous_{{ name }} end
        end as {{ name }}_added,
        {% endfor -%}
        coalesce(
            {% for name in counters -%}
            {{ name }} < previous_{{ name }}{{ ' or ' if not loop.last }}
            {% endfor -%},
            false
        ) as has_decrease
    from compared
)

select * from final
