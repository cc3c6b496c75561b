"""The open contract for anyone who already has event-level data (interfaces.md, "Events in")."""

from phygital_funnel.sources.stream import Coverage, Meaning, Stream

SOURCE = "events"
TOUCH_TYPES = ("impression", "view_2s", "view_6s", "engagement", "click")

TOUCHPOINTS = Stream(
    SOURCE,
    "touchpoints",
    columns=(
        "touchpoint_id", "journey_key", "occurred_at", "touch_type", "channel", "campaign_id", "ad_group_id", "ad_id",
        "content_id", "creator_id", "market",
    ),
    key=("touchpoint_id",),
    coverage=Coverage.CHANGES,
    scope=("touchpoint_id",),
    required=("touchpoint_id", "journey_key", "occurred_at", "touch_type", "channel"),
    meaning=Meaning("touch", zone="UTC", dated_on="touch"),
)  # fmt: skip

CONVERSIONS = Stream(
    SOURCE,
    "conversions",
    columns=(
        "conversion_id", "journey_key", "converted_at", "net_amount_minor", "currency", "product_id", "market",
    ),
    key=("conversion_id",),
    coverage=Coverage.CHANGES,
    scope=("conversion_id",),
    required=("conversion_id", "journey_key", "converted_at", "net_amount_minor", "currency"),
    meaning=Meaning(
        "conversion", zone="UTC", currency="the row's", dated_on="conversion",
        not_additive="net_amount_minor: of several versions of a conversion the newest holds",
    ),
)  # fmt: skip

STREAMS = (TOUCHPOINTS, CONVERSIONS)
