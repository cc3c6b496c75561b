"""Three streams whose models run in memory, and the rules of rejected and released rows told again in Python."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from dbt_compiled import NAME, Commit

from phygital_funnel.quarantine import decisions
from phygital_funnel.quarantine.decisions import ReleasedRow
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import raw
from phygital_funnel.warehouse.build import database_path

CLICKS, DAYS, RATES = "links__clicks", "tiktok_organic__account_daily", "reference__commission_rates"
JUDGED = (CLICKS, DAYS, RATES)
LINES, MARKETS, TAGS = "amazon_seller__order_lines", "reference__markets", "reference__tags"
FIRST_DAY = date(2026, 10, 1)


@dataclass(frozen=True)
class Landed:
    """One landed row as the oracle sees it."""

    relation: str
    commit: int
    number: int
    account: str
    key: str
    is_sound: bool
    window: tuple[int, int] | None = None

    @property
    def manifest_id(self):
        return f"{self.relation}-{self.commit}"

    @property
    def place(self):
        return self.relation, self.commit, self.number

    def released(self, rule):
        return ReleasedRow(self.relation, self.manifest_id, self.number, rule)


class Home:
    """A home's raw relations and decisions; models are made over them as a build does."""

    def __init__(self, con, compiled, folder):
        self._con, self._whole = con, compiled
        self._models = compiled.upstream_of(*(f"{layer}_{name}" for name in JUDGED for layer in ("stg", "quarantine")))
        self.settings = Settings.from_env({"PHYGITAL_HOME": str(folder)})
        self.forget()

    def forget(self):
        decisions.path_in(self.settings).unlink(missing_ok=True)
        for table in (*JUDGED, LINES, MARKETS, TAGS, "manifests", "released_rows"):
            self._con.execute(f"truncate raw.{table}")
        self.rows, self.commits = [], Counter()

    def land(self, relation, rows, account="", window=None):
        number = self.commits[relation]
        self.commits[relation] += 1
        days = tuple(str(_day(place)) for place in window) if window else None
        at = f"2026-11-01 00:00:{number:02d}"
        Commit(relation, number, at, [_columns(relation, *row) for row in rows], days, account).land(self._con)
        self.rows += [
            Landed(relation, number, place, account, key, is_sound, window)
            for place, (key, is_sound) in enumerate(rows)
        ]

    def land_as_it_is(self, relation, rows, account):
        Commit(relation, 0, "2026-11-01 00:00:00", rows, None, account).land(self._con)

    def quarantined(self, relation):
        """Rules of the rows in quarantine after a build of every model."""
        self._whole.run(self._con, is_kept=False)
        found = self._con.execute(f"select reject_rule from quarantine.quarantine_{relation} order by 1").fetchall()
        return [rule for (rule,) in found]

    def decide(self, decision, rows):
        decisions.record(self.settings, decision, rows, "a reason")

    def build(self):
        """What became of each row: its rule, or '' when it stands, by relation, commit and number."""
        raw.replay(self._con, decisions.known(self.settings).standing())
        self._models.run(self._con, is_kept=False)
        found = {}
        for relation in JUDGED:
            for commit, number, rule in self._con.execute(
                f"select _commit, _row, coalesce(reject_rule, '') from base.base_{relation}"
            ).fetchall():
                assert (relation, commit, number) not in found, "a row comes twice"
                found[relation, commit, number] = rule
        return found

    def save(self):
        """Leave the build database where the commands look for it."""
        path = database_path(self.settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._con.execute(f"attach '{path}' as saved")
        self._con.execute(f"copy from database {NAME} to saved")
        self._con.execute("detach saved")

    def counts(self, relation):
        """Rows staged and rows in quarantine."""
        return tuple(
            self._con.execute(f"select count(*) from {schema}.{prefix}_{relation}").fetchall()[0][0]
            for schema, prefix in (("staging", "stg"), ("quarantine", "quarantine"))
        )


def _columns(relation, key, is_sound):
    """Landed text of a row; one that is not sound lacks what no decision can supply, or has a rate above 1."""
    if relation == CLICKS:
        return {"click_id": key, "visitor_id": "v" if is_sound else None, "clicked_at": "2026-10-01T00:00:00Z"}
    if relation == DAYS:
        return {"business_id": "b", "date": str(_day(int(key))), "video_views": "1" if is_sound else "many"}
    rate = "0.1" if is_sound else "1.5"
    return {"creator_id": key, "rate": rate, "valid_from": "2026-01-01T00:00:00Z"}


def _day(place):
    return FIRST_DAY + timedelta(days=place)


def expected(rows, standing):
    """The rules of base, of current rows and of decisions, once more."""
    current = [row for row in rows if _is_current(row, rows)]
    judged = {row: _broken(row, rows, standing) for row in current}
    places = {row: place for place, row in enumerate(standing, 1)}

    def first(row):
        return (-row.commit, -places.get(row.released("duplicate_key"), 0), row.number)

    by_key = defaultdict(list)
    for row, rule in judged.items():
        if not rule:
            by_key[row.relation, row.key].append(row)
    for same in by_key.values():
        for row in sorted(same, key=first)[1:]:
            judged[row] = "duplicate_key"
    return {row.place: rule for row, rule in judged.items()}


def _is_current(row, rows):
    others = (other for other in rows if other.relation == row.relation and other.commit > row.commit)
    if row.relation == CLICKS:
        return not any(other.key == row.key for other in others)
    return not any(other.account == row.account and _covers(other, row) for other in others)


def _covers(newer, row):
    """Whether a newer extraction replaces the row; an extraction without rows is not made here."""
    if row.window is None:
        return True
    start, end = row.window
    day = int(row.key) if start <= int(row.key) <= end else start
    return newer.window[0] <= day <= newer.window[1]


def _broken(row, rows, standing):
    if row.relation == RATES:
        return "" if row.is_sound or row.released("unusable_rate") in standing else "unusable_rate"
    if not row.is_sound:
        return "missing_key" if row.relation == CLICKS else "unparseable_number"
    if row.relation == DAYS and not row.window[0] <= int(row.key) <= row.window[1]:
        newer = [
            other for other in rows
            if other.relation == DAYS and other.account == row.account and other.commit > row.commit
            and other.window[0] <= int(row.key) <= other.window[1]
        ]  # fmt: skip
        return "" if row.released("outside_window") in standing and not newer else "outside_window"
    return ""
