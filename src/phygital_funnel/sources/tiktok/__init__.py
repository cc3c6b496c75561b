"""What TikTok's Marketing and Accounts APIs have in common: one host, one envelope, one table of result codes."""
