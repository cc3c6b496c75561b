"""TikTok Accounts API: an account's profile and posts, as the account sees them."""
