{{ rejected_rows(ref('base_tiktok_ads__ad_report_hourly'), 'tiktok_ads', 'ad_report_hourly') }}
