"""Days, weeks, months and quarters in which the reports are counted, in the marketplace's own time."""

from datetime import date, timedelta

from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest, Unreportable

_MONTHS = {"MONTH": 1, "QUARTER": 3}


def period_start(day: date, period: str) -> date:
    """First day of the day, week (from Sunday), month or quarter that a day is in."""
    if period == "DAY":
        return day
    if period == "WEEK":
        return day - timedelta(days=(day.weekday() + 1) % 7)
    months = _MONTHS[period]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def period_end(day: date, period: str) -> date:
    """Last day of the period that a day is in."""
    length = {"DAY": 1, "WEEK": 7, "MONTH": 31, "QUARTER": 92}[period]
    first = period_start(day, period)
    return first if period == "DAY" else period_start(first + timedelta(days=length), period) - timedelta(days=1)


def whole_period(request: ReportRequest, periods: tuple[str, ...]) -> tuple[date, date]:
    """The one period that a request covers, by its option ``reportPeriod``.

    Raises:
        Unreportable: the option is missing, or the dates are not the period's first and last day.
    """
    period = request.option("reportPeriod")
    if period not in periods:
        raise Unreportable(f"The report option reportPeriod must be one of {', '.join(periods)}.")
    first, last = request.days
    if (first, last) != (period_start(first, period), period_end(first, period)):
        raise Unreportable(f"dataStartTime and dataEndTime must be the first and the last day of one {period}.")
    return first, last
