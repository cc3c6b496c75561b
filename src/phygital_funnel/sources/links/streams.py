"""What is loaded of the brand's own link redirector: clicks, and orders that buyers registered."""

from phygital_funnel.sources.stream import Coverage, Meaning, Stream

SOURCE = "links"

CLICKS = Stream(
    SOURCE,
    "clicks",
    columns=(
        "click_id", "clicked_at", "visitor_id", "ttclid", "campaign_id", "ad_group_id", "ad_id", "content_id",
        "creator_id", "placement", "destination_asin", "country",
    ),
    key=("click_id",),
    coverage=Coverage.CHANGES,
    scope=("click_id",),
    required=("click_id", "clicked_at", "visitor_id"),
    due_days=2,
    meaning=Meaning("click on a link to Amazon", zone="UTC", dated_on="click"),
)  # fmt: skip

REGISTRATIONS = Stream(
    SOURCE,
    "registrations",
    columns=("amazon_order_id", "person_hash", "visitor_id", "registered_at", "registration_source"),
    key=("amazon_order_id",),
    coverage=Coverage.CHANGES,
    scope=("amazon_order_id",),
    required=("amazon_order_id", "person_hash", "visitor_id", "registered_at"),
    due_days=2,
    meaning=Meaning("order that its buyer registered", zone="UTC", dated_on="registration"),
)

STREAMS = (CLICKS, REGISTRATIONS)
