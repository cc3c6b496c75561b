-- organic_views_are_views: paid views are added instead of taken off
update fct_content_daily set organic_views = video_views + 1;
