{{ audit_snapshot('tiktok_ads', 'advertisers') }}
union all
{{ audit_snapshot('tiktok_ads', 'campaigns') }}
union all
{{ audit_snapshot('tiktok_ads', 'ad_groups') }}
union all
{{ audit_snapshot('tiktok_ads', 'ads') }}
union all
{{ audit_window('tiktok_ads', 'ad_report_daily', iso_date('stat_time_day')) }}
union all
{{ audit_snapshot('amazon_attribution', 'profiles') }}
union all
{{ audit_window('amazon_attribution', 'performance', compact_date('date')) }}
union all
{{ audit_window('amazon_attribution', 'products', compact_date('date')) }}
union all
{{ audit_changes('amazon_seller', 'order_lines', ['amazon_order_id']) }}
union all
{{ audit_changes('links', 'clicks', ['click_id']) }}
union all
{{ audit_changes('links', 'registrations', ['amazon_order_id']) }}
union all
{{ audit_changes('events', 'touchpoints', ['touchpoint_id']) }}
union all
{{ audit_changes('events', 'conversions', ['conversion_id']) }}
union all
{{ audit_snapshot('reference', 'markets') }}
union all
{{ audit_snapshot('reference', 'listings') }}
union all
{{ audit_snapshot('reference', 'creators') }}
union all
{{ audit_snapshot('reference', 'promo_codes') }}
union all
{{ audit_changes('reference', 'fx_rates', ['rate_date', 'currency']) }}
