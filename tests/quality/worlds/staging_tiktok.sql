-- TikTok's advertising and posts in a small valid build after the staging layer: as many columns as the checks read.
create table staging.stg_tiktok_ads__advertisers as
select unnest(['1', '2']) as advertiser_id, 'USD' as currency, 'America/New_York' as time_zone;
create table staging.stg_tiktok_ads__campaigns as select unnest(['c1', 'c2']) as campaign_id;
create table staging.stg_tiktok_ads__ad_groups as select unnest(['g1', 'g2']) as ad_group_id;
create table staging.stg_tiktok_ads__ads as select unnest(['a1', 'a2']) as ad_id, 'c1' as campaign_id;
create table staging.stg_tiktok_ads__ad_report_daily as
select
    '1' as advertiser_id, unnest(['a1', 'a2']) as ad_id, date '2026-11-02' as event_date_source, 500::bigint as spend_minor,
    'USD' as currency, 1000::bigint as impressions, 10::bigint as clicks, 900::bigint as video_plays, 300::bigint as views_2s,
    100::bigint as views_6s, 5::bigint as likes, 1::bigint as comments, null::bigint as shares, 0::bigint as follows,
    0::bigint as profile_visits;
create table staging.stg_tiktok_ads__ad_report_hourly as
select
    '1' as advertiser_id, unnest(['a1', 'a2']) as ad_id, timestamp '2026-11-02 18:00' as event_hour_utc,
    date '2026-11-02' as event_date_source, 50::bigint as spend_minor, 'USD' as currency, 100::bigint as impressions,
    1::bigint as clicks, 90::bigint as video_plays, 30::bigint as views_2s, 10::bigint as views_6s, 5::bigint as likes,
    1::bigint as comments, null::bigint as shares, 0::bigint as follows, 0::bigint as profile_visits;
create table staging.stg_tiktok_organic__videos as
select
    unnest(['v1', 'v2']) as item_id, date '2026-11-03' as snapshot_date, 100::bigint as video_views, 5::bigint as likes,
    1::bigint as comments, 0::bigint as shares, 0::bigint as favorites, 0::bigint as profile_views, 0::bigint as new_followers,
    null::bigint as reach, null::bigint as watched_ms;
create table staging.stg_tiktok_organic__account_daily as
select
    unnest(['b1', 'b2']) as business_id, date '2026-11-02' as event_date_source, 100::bigint as video_views,
    90::bigint as unique_video_views, 3::bigint as profile_views, 5::bigint as likes, 1::bigint as comments, null::bigint as shares,
    0::bigint as bio_link_clicks, 0::bigint as new_followers, 0::bigint as lost_followers;
