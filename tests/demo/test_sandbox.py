"""How the demo looks at its sandbox."""

from pathlib import Path

from phygital_funnel.demo.sandbox import Sandbox


def test_the_demo_reads_the_first_accounts_of_each_source(tmp_path: Path) -> None:
    """Addresses and credentials stay as the sandbox wrote them."""
    (tmp_path / "sandbox").mkdir()
    lines = (
        "PHYGITAL_TIKTOK_ADS_ACCOUNTS=1,2,3,4\nPHYGITAL_AMAZON_SELLER_ACCOUNTS=A\nPHYGITAL_DROP_URL=http://x/a,b,c,d\n"
    )
    (tmp_path / "sandbox" / "environment").write_text(lines)
    assert Sandbox(None, tmp_path, 1).environment() == {
        "PHYGITAL_TIKTOK_ADS_ACCOUNTS": "1,2",
        "PHYGITAL_AMAZON_SELLER_ACCOUNTS": "A",
        "PHYGITAL_DROP_URL": "http://x/a,b,c,d",
    }
