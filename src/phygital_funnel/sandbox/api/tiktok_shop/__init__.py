"""TikTok Shop Partner API: signed requests for orders, affiliate orders, products, returns and video performance."""
