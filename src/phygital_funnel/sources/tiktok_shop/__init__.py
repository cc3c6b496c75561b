"""Source ``tiktok_shop``: TikTok Shop Partner API, orders and what belongs to them; see README.md beside this file."""
