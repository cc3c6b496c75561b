"""Reports under way are found again by whoever asks for the same."""

from phygital_funnel.settings import Settings
from phygital_funnel.sources.reports import RequestedReports, report_key


def test_a_report_is_found_under_its_request_until_it_is_landed(tmp_path):
    settings = Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})
    key = report_key("amazon_seller", "ATVPDKIKX0DER", {"reportType": "A", "dataStartTime": "2026-11-01"})
    RequestedReports(settings).remember(key, "50001")

    found = RequestedReports(settings).find(
        report_key("amazon_seller", "ATVPDKIKX0DER", {"dataStartTime": "2026-11-01", "reportType": "A"})
    )
    assert found is not None
    assert found.report_id == "50001"

    RequestedReports(settings).forget(key)
    RequestedReports(settings).forget(key)
    assert RequestedReports(settings).find(key) is None


def test_another_window_or_account_is_another_report():
    body = {"reportType": "A", "dataStartTime": "2026-11-01"}

    keys = {
        report_key("amazon_seller", "US", body),
        report_key("amazon_seller", "DE", body),
        report_key("amazon_seller", "US", body | {"dataStartTime": "2026-11-02"}),
        report_key("amazon_ads", "US", body),
    }
    assert len(keys) == 4


def test_a_note_that_was_cut_off_counts_as_unknown(tmp_path):
    reports = RequestedReports(Settings.from_env({"PHYGITAL_HOME": str(tmp_path)}))
    reports.remember("k", "1")
    (tmp_path / "state" / "reports" / "k.json").write_text('{"report_id": "1"')

    assert reports.find("k") is None
