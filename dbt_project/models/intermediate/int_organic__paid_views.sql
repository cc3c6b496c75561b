-- Spark ads add to the counters of the post they show; ads with a video of their own do not (C14).
select
    ads.content_id as item_id,
    cast(reports.event_hour_utc as date) as event_date_utc,
    cast(sum(reports.video_plays) as bigint) as paid_views
from {{ ref('stg_tiktok_ads__ad_report_hourly') }} as reports
join {{ ref('int_ads__placed') }} as ads
    on ads.ad_id = reports.ad_id
where ads.content_id is not null
group by ads.content_id, cast(reports.event_hour_utc as date)
