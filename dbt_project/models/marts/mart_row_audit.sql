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
{{ audit_window('tiktok_ads', 'ad_report_hourly', 'cast(' ~ wall_hour('stat_time_hour') ~ ' as date)') }}
union all
{{ audit_window('tiktok_organic', 'videos', iso_date('snapshot_date')) }}
union all
{{ audit_window('tiktok_organic', 'account_daily', iso_date('date')) }}
union all
{{ audit_snapshot('amazon_attribution', 'profiles') }}
union all
{{ audit_snapshot('amazon_attribution', 'publishers') }}
union all
{{ audit_window('amazon_attribution', 'performance', compact_date('date')) }}
union all
{{ audit_window('amazon_attribution', 'products', compact_date('date')) }}
union all
{{ audit_window('amazon_ads', 'sponsored_products_daily', iso_date('date')) }}
union all
{{ audit_changes('amazon_seller', 'order_lines', ['amazon_order_id']) }}
union all
{{ audit_window('amazon_seller', 'returns', 'cast(' ~ utc_instant('return_date') ~ ' as date)') }}
union all
{{ audit_window('amazon_seller', 'sales_and_traffic', iso_date('date')) }}
union all
{{ audit_window('amazon_seller', 'order_metrics_hourly', iso_date('substr(trim(interval), 1, 10)')) }}
union all
{{ audit_window('amazon_seller', 'search_query_performance', iso_date('start_date')) }}
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
union all
{{ audit_snapshot('reference', 'fees') }}
union all
{{ audit_snapshot('reference', 'promotions') }}
union all
{{ audit_snapshot('reference', 'tags') }}
union all
{{ audit_snapshot('reference', 'commission_rates') }}
union all
{{ audit_snapshot('tiktok_shop', 'shops') }}
union all
{{ audit_changes('tiktok_shop', 'orders', ['order_id']) }}
union all
{{ audit_changes('tiktok_shop', 'refunds', ['return_id']) }}
union all
{{ audit_window('tiktok_shop', 'affiliate_orders', iso_date('create_date')) }}
union all
{{ audit_snapshot('tiktok_shop', 'products') }}
