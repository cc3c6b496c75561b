"""Source ``tiktok_ads``: TikTok Marketing API v1.3."""
