"""The row rules in words: what a rejected row lacks, what mends it, and whether a person may overrule the rule.

A rule may be overruled where the row is whole and the rule only doubts it. Where the row lacks what its table is made
of (a key, a time, an amount, the meaning of a code), no decision can supply it: another extraction or a reference must.
"""

from dataclasses import dataclass

EXTRACT_AGAIN = "have the source corrected and extract the same window again: the newer extraction replaces this one"
MEND_FILE = "correct the file and bring it in again: the newer row of its key replaces this one"


@dataclass(frozen=True)
class RowRule:
    """A row rule for people.

    Args:
        name: as ``reject_rule`` has it.
        meaning: why the row is rejected.
        remedy: what brings it back.
        is_releasable: whether the row may stand by a decision.
    """

    name: str
    meaning: str
    remedy: str
    is_releasable: bool = False


RULES = {
    rule.name: rule
    for rule in (
        RowRule(
            "amount_not_integer",
            "the amount is not a whole number of the currency's smallest unit",
            MEND_FILE,
        ),
        RowRule(
            "duplicate_key",
            "another row of the same key stands: the newest extraction's, and of one extraction the first, or the last "
            "changed",
            "nothing, if the row that stands is right; else release this one, which then stands instead of the other "
            "rows of its extraction",
            is_releasable=True,
        ),
        RowRule(
            "duplicate_country",
            "another market has the same country, so a row could belong to either",
            MEND_FILE,
        ),
        RowRule(
            "duplicate_domain",
            "another market has the same Amazon domain, so a row could belong to either",
            MEND_FILE,
        ),
        RowRule(
            "duplicate_marketplace",
            "another market has the same marketplace id, so an order could belong to either",
            MEND_FILE,
        ),
        RowRule(
            "empty_validity",
            "the validity ends when or before it begins, so the row would never apply",
            MEND_FILE,
        ),
        RowRule(
            "impossible_hour",
            "the hour does not exist in the account's time zone: clocks were put forward over it",
            "check the account's time zone and extract its accounts again",
        ),
        RowRule(
            "invalid_touch_type",
            "the type of touch is none of impression, view_2s, view_6s, engagement, click",
            MEND_FILE,
        ),
        RowRule(
            "malformed",
            "the line could not be read as a row; its text is kept as it stood",
            MEND_FILE,
        ),
        RowRule("missing_channel", "the touch names no channel, so nothing could be credited", MEND_FILE),
        RowRule("missing_key", "a column that names the row is empty", EXTRACT_AGAIN),
        RowRule(
            "missing_price",
            "a confirmed line has no price, so its revenue is not known",
            "nothing but time: the platform restates the order, and the newer extraction replaces this row",
        ),
        RowRule(
            "non_amazon",
            "the order was made on another channel and only shipped by Amazon, so it is no sale on Amazon",
            "nothing, if that is so; else release it, and it counts as a sale on Amazon",
            is_releasable=True,
        ),
        RowRule(
            "outside_window",
            "the row's date lies outside the days that were asked for",
            "extract the row's own day; or release it, and it stands until an extraction covers its day",
            is_releasable=True,
        ),
        RowRule(
            "unknown_account",
            "the account is not among those extracted, so its currency is not known",
            "extract the source's accounts; the row comes back by itself with the next build",
        ),
        RowRule("unknown_base", "the base of the fee is neither tax_included nor net", MEND_FILE),
        RowRule(
            "unknown_currency",
            "the currency is missing or not among those known, so the amount has no smallest unit",
            "correct the currency, or add it to dbt_project/seeds/currencies.csv; the row then comes back by itself",
        ),
        RowRule("unknown_level", "the level of the report is none of CAMPAIGN, ADGROUP, CREATIVE", EXTRACT_AGAIN),
        RowRule(
            "unknown_market",
            "the marketplace is in no row of the reference file of markets",
            "add the market to the reference file and drop it; the row comes back by itself with the next build",
        ),
        RowRule(
            "unknown_time_zone",
            "the time zone is missing or not among those known",
            "correct the time zone, or add it to dbt_project/seeds/time_zones.csv; the row then comes back by itself",
        ),
        RowRule("unparseable_date", "a date is missing or cannot be read", EXTRACT_AGAIN),
        RowRule("unparseable_number", "a number cannot be read", EXTRACT_AGAIN),
        RowRule("unparseable_time", "a time is missing or cannot be read", EXTRACT_AGAIN),
        RowRule(
            "unusable_rate",
            "the rate lies outside what such a rate can be",
            f"{MEND_FILE}; a share that really is that large can be released, an exchange rate cannot",
            is_releasable=True,
        ),
        RowRule(
            "unusable_tag",
            "the text is no attribution tag: it lacks 'maas='",
            f"{MEND_FILE}; a tag of another form can be released, an empty one cannot",
            is_releasable=True,
        ),
    )
}  # fmt: skip
_ALWAYS_REJECTED = {("reference__fx_rates", "unusable_rate")}
_NEEDED = {("reference__tags", "unusable_tag"): "attribution_tag"}


def rule_of(name: str) -> RowRule:
    """A rule by its name; one that this version does not know speaks for itself."""
    return RULES.get(name, RowRule(name, name.replace("_", " "), EXTRACT_AGAIN))


def is_releasable(relation: str, name: str) -> bool:
    """Whether a row of a table may stand although it breaks the rule."""
    return rule_of(name).is_releasable and (relation, name) not in _ALWAYS_REJECTED


def needed_column(relation: str, name: str) -> str | None:
    """The column without which no row can stand although its rule may be overruled; None when nothing is lacking."""
    return _NEEDED.get((relation, name))
