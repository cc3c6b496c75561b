"""Source ``tiktok_organic``: TikTok Accounts API v1.3, an account and its posts as the account sees them."""
