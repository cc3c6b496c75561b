"""Names of fields that TikTok's objects have and this world has nothing to say of.

Connectors ask for every field that they know; a name that is none of TikTok's is refused, the others are null.
"""

from collections.abc import Mapping

_SHARED = ("advertiser_id", "campaign_id", "create_time", "modify_time", "is_new_structure", "operation_status")
_ADVERTISER = (
    "promotion_area", "telephone_number", "cellphone_number", "contacter", "phonenumber", "description",
    "rejection_reason", "address", "language", "industry", "license_no", "email", "license_url", "brand",
    "license_province", "license_city", "promotion_center_province", "promotion_center_city", "advertiser_account_type",
    "is_gmv_max_available",
)  # fmt: skip
_CAMPAIGN = (
    "campaign_type", "objective", "campaign_system_origin", "app_promotion_type", "virtual_objective_type",
    "sales_destination", "is_search_campaign", "is_smart_performance_campaign", "app_id",
    "is_advanced_dedicated_campaign", "disable_skan_campaign", "bid_align_type", "campaign_app_profile_page_state",
    "rf_campaign_type", "campaign_product_source", "catalog_enabled", "special_industries", "budget_optimize_on",
    "bid_type", "deep_bid_type", "roas_bid", "optimization_goal", "rta_id", "rta_bid_enabled",
    "rta_product_selection_enabled", "postback_window_mode", "split_test_variable", "po_number",
)  # fmt: skip
_AD_GROUP = (
    "campaign_name", "campaign_system_origin", "app_id", "app_type", "app_download_url", "pixel_id",
    "promotion_type", "promotion_target_type", "promotion_website_type", "optimization_event", "creative_material_mode",
    "is_smart_performance_campaign", "inventory_filter_enabled", "search_result_enabled", "comment_disabled",
    "video_download_disabled", "share_disabled", "audience_ids", "excluded_audience_ids", "audience_type",
    "audience_rule", "location_ids", "zipcode_ids", "languages", "gender", "age_groups", "spending_power",
    "household_income", "actions", "interest_category_ids", "interest_keyword_ids", "operating_systems",
    "min_android_version", "min_ios_version", "ios14_targeting", "device_model_ids", "device_price_ranges",
    "network_types", "carrier_ids", "isp_ids", "dayparting", "frequency", "frequency_schedule",
    "secondary_optimization_event",
    "bid_type", "bid_price", "bid_display_mode", "conversion_bid_price", "deep_bid_type", "deep_cpa_bid", "roas_bid",
    "pacing", "next_day_retention", "rf_purchased_type", "rf_estimated_cpr", "rf_estimated_frequency",
    "purchased_impression", "purchased_reach", "scheduled_budget", "delivery_mode", "split_test_group_id",
    "split_test_status", "statistic_type", "skip_learning_phase", "is_hfss", "keywords", "category_id",
    "brand_safety_type", "brand_safety_partner", "catalog_id", "product_set_id", "catalog_authorized_bc_id",
    "store_id", "store_authorized_bc_id", "shopping_ads_type", "shopping_ads_retargeting_type", "feed_type",
    "identity_id", "identity_type", "identity_authorized_bc_id", "attribution_event_count", "vbo_window",
    "targeting_expansion", "schedule_infos", "auto_targeting_enabled", "contextual_tag_ids", "blocked_pangle_app_ids",
)  # fmt: skip
_AD = (
    "campaign_system_origin", "app_name", "avatar_icon_web_uri", "profile_image_url", "display_name", "ad_texts",
    "call_to_action_id", "card_id", "carousel_image_index", "catalog_id", "creative_authorized", "creative_type",
    "deeplink", "deeplink_type", "deeplink_format_type", "deeplink_utm_params", "dark_post_status", "dynamic_format",
    "dynamic_destination", "fallback_type", "identity_authorized_bc_id", "image_urls", "image_mode",
    "item_duet_status", "item_stitch_status", "item_group_ids", "landing_page_url_status", "music_id", "page_id",
    "phone_region_code", "phone_number", "phone_region_calling_code", "playable_url", "product_specific_type",
    "product_set_id", "product_display_field_list", "promotional_music_disabled", "shopping_ads_fallback_type",
    "shopping_ads_deeplink_type", "shopping_ads_video_package_id", "showcase_products", "sku_ids",
    "tracking_app_id", "tracking_message_event_set_id", "tracking_offline_event_set_ids", "vast_moat_enabled",
    "viewability_postbid_partner", "viewability_vast_url", "vehicle_ids", "vertical_video_strategy",
    "video_view_tracking_url",
    "brand_safety_postbid_partner", "brand_safety_vast_url", "auto_disclaimer_types", "disclaimer_type",
    "disclaimer_text", "disclaimer_clickable_texts", "end_card_cta", "interactive_motion_id",
    "instant_product_page_used",
    "open_url", "hotel_ids", "destination_ids", "flight_ids", "home_listing_ids", "media_title_ids", "ad_ref_pixel_id",
    "optimization_event", "cpp_url", "cta_id",
)  # fmt: skip
WITHOUT_VALUE: Mapping[str, frozenset[str]] = {
    "advertiser": frozenset(_ADVERTISER),
    "campaign": frozenset((*_SHARED, *_CAMPAIGN)),
    "adgroup": frozenset((*_SHARED, *_AD_GROUP)),
    "ad": frozenset((*_SHARED, *_AD)),
}
"""By the kind of object."""
