"""The file drop: link logs per ended day, and the brand's reference files."""

import csv
import io

import pytest

SETTLED = "2027-01-01T00:00:00"


def table(servers, path):
    answer = servers.api.get(f"/drop/{path}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def listing(servers, folder):
    lines = servers.api.get(f"/drop/{folder}").text.split('href="')[1:]
    return [line.partition('"')[0].rsplit("/", 1)[-1].removesuffix(".csv") for line in lines]


def everything(servers, stream):
    return [row for day in listing(servers, f"links/{stream}/") for row in table(servers, f"links/{stream}/{day}")]


def test_a_days_file_exists_once_the_day_has_ended(serve_at):
    servers = serve_at("2026-10-01T23:59:59")
    assert listing(servers, "links/clicks/")[-1] == "2026-09-30"
    assert servers.api.get("/drop/links/clicks/2026-10-01.csv").status_code == 404
    servers.at("2026-10-02T00:00:00")
    assert listing(servers, "links/clicks/")[-1] == "2026-10-01"
    assert servers.api.get("/drop/links/clicks/2026-10-01.csv").status_code == 200


def test_the_files_hold_every_click_and_registration_once(serve_at, tiny):
    servers = serve_at(SETTLED)
    clicks, registrations = everything(servers, "clicks"), everything(servers, "registrations")
    assert sorted(row["click_id"] for row in clicks) == sorted(tiny["clicks"]["click_id"].to_pylist())
    assert sorted(row["amazon_order_id"] for row in registrations) == sorted(
        tiny["registrations"]["order_id"].to_pylist()
    )


def test_a_click_is_in_the_file_of_its_own_day_with_microseconds(serve_at):
    servers = serve_at(SETTLED)
    rows = table(servers, "links/clicks/2026-10-20")
    assert rows
    assert all(row["clicked_at"].startswith("2026-10-20T") and len(row["clicked_at"]) == 27 for row in rows)


def test_paid_clicks_name_the_ad_and_bio_clicks_the_creator(serve_at):
    rows = everything(serve_at(SETTLED), "clicks")
    paid = [row for row in rows if row["ad_id"]]
    bio = [row for row in rows if not row["ad_id"]]
    assert all(row["campaign_id"] and row["ad_group_id"] for row in paid)
    assert 0.75 < sum(bool(row["ttclid"]) for row in paid) / len(paid) < 0.95
    assert all(row["creator_id"] and not row["ttclid"] and not row["content_id"] for row in bio)
    assert any(row["content_id"] for row in paid)
    assert any(not row["content_id"] for row in paid)


def test_the_truth_is_in_no_column(serve_at, tiny):
    """Nothing of the truth table, nor of a click's survival, leaves the world."""
    header = serve_at(SETTLED).api.get("/drop/links/clicks/2026-10-20.csv").text.splitlines()[0].split(",")
    secret = {"has_tag", "exposure_id", "person_id", "cause", "landed", "carted"}
    assert secret & (set(tiny["clicks"].column_names) | set(tiny["truth_order_cause"].column_names)) == secret
    assert not secret & set(header)


def test_hostile_text_survives_csv(serve_at, tiny):
    handles = [row["handle"] for row in table(serve_at(SETTLED), "reference/creators")]
    assert handles == tiny["creators"]["handle"].to_pylist()
    assert any("\n" in handle for handle in handles)


@pytest.mark.parametrize("name", ["markets", "listings", "creators", "promo_codes", "fx_rates"])
def test_reference_tables_have_the_columns_their_stream_declares(serve_at, name):
    from phygital_funnel.sources.reference.streams import STREAMS

    stream = next(stream for stream in STREAMS if stream.name == name)
    rows = table(serve_at(SETTLED), f"reference/{name}")
    assert tuple(rows[0]) == stream.columns
    keys = [tuple(row[column] for column in stream.key) for row in rows]
    assert len(set(keys)) == len(keys)


def test_exchange_rates_come_on_weekdays_at_three(serve_at):
    servers = serve_at("2026-10-05T14:59:00")

    def last():
        return table(servers, "reference/fx_rates")[-1]["rate_date"]

    # A Monday: before the day's rate there is Friday's.
    assert last() == "2026-10-02"
    servers.at("2026-10-05T15:00:00")
    assert last() == "2026-10-05"


def test_every_code_on_an_order_is_in_the_reference(serve_at, tiny):
    codes = {row["code"] for row in table(serve_at(SETTLED), "reference/promo_codes")}
    used = set(tiny["orders"]["promo_code"].drop_null().to_pylist())
    assert used
    assert used <= codes


@pytest.mark.parametrize(
    "path", ["links/truth/2026-10-20.csv", "links/clicks/x.csv", "reference/truth_order_cause.csv"]
)
def test_what_is_not_in_the_drop_is_not_found(serve_at, path):
    assert serve_at(SETTLED).api.get(f"/drop/{path}").status_code == 404
