"""Which function answers which question of docs/questions.md, by other code than the warehouse's."""

from collections.abc import Callable

from .question_landing import Landed, Rows
from .question_money import (
    amazon_ahead,
    bonus,
    content_that_sells,
    contributions,
    live_sessions,
    net_on_amazon,
    new_to_the_brand,
    not_paid_back,
    range_of_models,
    shares_by_band,
    spark_against_other_ads,
    views_of_posts,
)
from .question_platforms import (
    calendar_of_events,
    claims,
    landings_by_day,
    median_wait,
    searches,
    share_after_14_days,
    tag_survival,
)

# Question 18, which takes two releases, is `changes` of question_changes.
ORACLES: dict[int, Callable[[Landed], Rows]] = {
    1: net_on_amazon,
    2: range_of_models,
    3: amazon_ahead,
    4: shares_by_band,
    5: contributions,
    6: not_paid_back,
    7: content_that_sells,
    8: views_of_posts,
    9: median_wait,
    10: share_after_14_days,
    11: claims,
    12: tag_survival,
    13: landings_by_day,
    14: spark_against_other_ads,
    15: calendar_of_events,
    16: new_to_the_brand,
    17: bonus,
    19: searches,
    20: live_sessions,
}
