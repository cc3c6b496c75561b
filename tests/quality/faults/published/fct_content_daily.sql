-- paid_views_are_views: an ad counts the views of another post
update fct_content_daily set paid_views = 12, organic_views = 0, is_clamped = true;
