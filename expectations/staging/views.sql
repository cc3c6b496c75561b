-- Commits that no newer complete extraction of the same account, part and window has replaced. What a replaced file holds
-- in rows without a key is never superseded row by row, and must not block a release after the file was mended.
-- New are those of the last seven days: what went wrong yesterday is a small part of two years.
create or replace temp view standing_commits as
select
    older.source,
    older.stream,
    older._commit,
    older.committed_at >= (select max(build.known_at) from raw.build as build) - interval 7 day as is_new
from base.base__commits as older
where
    older.is_usable
    and not exists (
        select 1
        from base.base__commits as newer
        where
            newer.is_usable
            and newer.source = older.source
            and newer.stream = older.stream
            and newer.account = older.account
            and newer.part = older.part
            and newer._commit > older._commit
            and (
                older.coverage = 'snapshot'
                or (newer.window_from is not distinct from older.window_from
                    and newer.window_to is not distinct from older.window_to)
                or (newer.window_from <= older.window_from and newer.window_to >= older.window_to)
            )
    );
-- Days that the daily report knows, and for which the hourly one was asked once they were over in every time zone.
create or replace temp view days_asked_by_the_hour as
select
    reported.advertiser_id,
    reported.event_date_source,
    sum(reported.impressions) as impressions
from staging.stg_tiktok_ads__ad_report_daily as reported
join base.base__covers as covers
    on
        covers.account = reported.advertiser_id
        and covers.covered_date = reported.event_date_source
        and covers.source = 'tiktok_ads'
        and covers.stream = 'ad_report_hourly'
join base.base__commits as commits
    on
        commits._commit = covers._commit
        and commits.source = covers.source
        and commits.stream = covers.stream
        and commits.committed_at >= covers.covered_date + interval 36 hour
where
    reported.event_date_source
        between (select max(newest.event_date_source) - 7 from staging.stg_tiktok_ads__ad_report_daily as newest)
        and (select max(newest.event_date_source) - 1 from staging.stg_tiktok_ads__ad_report_daily as newest)
group by reported.advertiser_id, reported.event_date_source;
