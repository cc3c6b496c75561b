"""Amazon Ads: profiles, Amazon Attribution and the reporting of version 3 (api-contracts 5, 6 and 8.1)."""
