"""What the simulated brand is: its markets, accounts and products. Constants, not draws."""

from dataclasses import dataclass

BRAND = "Sandbox Brand"
PROSPECTING, RETARGETING = "Prospecting", "Retargeting"


@dataclass(frozen=True)
class Market:
    """One country with the accounts that serve it.

    Args:
        code: what reference files call it.
        country: ISO 3166 code, as the link redirector logs it.
        ads_country: code the Amazon Ads API uses, which says UK for Great Britain.
        currency: ISO 4217 code.
        exponent: decimal places of the currency's minor unit.
        marketplace_id: Amazon's number of the storefront; empty where Amazon has none.
        amazon_domain: the storefront's host; empty where Amazon has none.
        region: which of Amazon's regional hosts serves it: na, eu or fe.
        timezone: of the country, in which its days are counted.
        shop_id: TikTok Shop's number of the shop; every market here has one.
        advertiser_timezone: the ad account's zone, which some accounts fix to an offset that is not the market's.
        advertiser_posix: the same in POSIX notation, whose sign is reversed.
        profile_id: of the Amazon Ads account; empty where Amazon has none.
        share: relative share of the world's people and delivery.
        clock_shift: hours that the evening peak is shifted against UTC.
        price_factor: shelf price in units of the currency against US dollars, tax included where the law says so.
        tax_rate: tax on top of the shelf price; 0 where it is included.
        cities: (city, state, postal code) orders ship to.
    """

    code: str
    country: str
    ads_country: str
    currency: str
    exponent: int
    marketplace_id: str
    amazon_domain: str
    region: str
    timezone: str
    shop_id: str
    advertiser_id: str
    advertiser_timezone: str
    advertiser_posix: str
    profile_id: str
    share: float
    clock_shift: int
    price_factor: float
    tax_rate: float
    cities: tuple[tuple[str, str, str], ...]

    @property
    def has_amazon(self) -> bool:
        """Whether Amazon sells here."""
        return bool(self.marketplace_id)

    @property
    def sales_channel(self) -> str:
        """What the orders report calls the storefront."""
        return self.amazon_domain.capitalize()


MARKETS = (
    Market(
        "US",
        "US",
        "US",
        "USD",
        2,
        "ATVPDKIKX0DER",
        "amazon.com",
        "na",
        "America/Los_Angeles",
        "7495000000000000001",
        "7012345678901234501",
        "America/New_York",
        "Etc/GMT+5",
        "581234567801",
        0.40,
        -6,
        1.0,
        0.08,
        (
            ("SAN FRANCISCO", "CA", "94105"),
            ("SEATTLE", "WA", "98109-1234"),
            ("AUSTIN", "TX", "78701"),
            ("COEUR D'ALENE", "ID", "83814"),
        ),
    ),
    Market(
        "UK",
        "GB",
        "UK",
        "GBP",
        2,
        "A1F83G8C2ARO7P",
        "amazon.co.uk",
        "eu",
        "Europe/London",
        "7495000000000000002",
        "7012345678901234502",
        "Europe/London",
        "Etc/GMT",
        "581234567802",
        0.22,
        0,
        0.9,
        0.0,
        (("LONDON", "", "SW1A 1AA"), ("LEEDS", "West Yorkshire", "LS1 4DY"), ("CARDIFF", "", "CF10 1EP")),
    ),
    Market(
        "FR",
        "FR",
        "FR",
        "EUR",
        2,
        "A13V1IB3VIYZZH",
        "amazon.fr",
        "eu",
        "Europe/Paris",
        "7495000000000000003",
        "7012345678901234503",
        "Etc/GMT-1",
        "Etc/GMT-1",
        "581234567803",
        0.14,
        1,
        1.05,
        0.0,
        (("PARIS", "", "75011"), ("SAINT-ÉTIENNE", "", "42000"), ("LYON", "", "69002")),
    ),
    Market(
        "DE",
        "DE",
        "DE",
        "EUR",
        2,
        "A1PA6795UKMFR9",
        "amazon.de",
        "eu",
        "Europe/Berlin",
        "7495000000000000004",
        "7012345678901234504",
        "Europe/Berlin",
        "Etc/GMT-1",
        "581234567804",
        0.12,
        1,
        1.0,
        0.0,
        (("BERLIN", "", "10115"), ("MÜNCHEN", "Bayern", "80331"), ("KÖLN", "", "50667")),
    ),
    Market(
        "ID",
        "ID",
        "",
        "IDR",
        2,
        "",
        "",
        "",
        "Asia/Jakarta",
        "7495000000000000005",
        "7012345678901234505",
        "Etc/GMT-8",
        "Etc/GMT-8",
        "",
        0.07,
        7,
        6000.0,
        0.0,
        (("JAKARTA", "DKI Jakarta", "10110"), ("BANDUNG", "Jawa Barat", "40111")),
    ),
    Market(
        "TH",
        "TH",
        "",
        "THB",
        2,
        "",
        "",
        "",
        "Asia/Bangkok",
        "7495000000000000006",
        "7012345678901234506",
        "Asia/Bangkok",
        "Etc/GMT-7",
        "",
        0.05,
        7,
        18.0,
        0.0,
        (("BANGKOK", "", "10110"), ("CHIANG MAI", "", "50000")),
    ),
)
JAPAN = Market(
    "JP",
    "JP",
    "JP",
    "JPY",
    0,
    "A1VC38T7YXB528",
    "amazon.co.jp",
    "fe",
    "Asia/Tokyo",
    "7495000000000000007",
    "7012345678901234507",
    "Asia/Tokyo",
    "Etc/GMT-9",
    "581234567807",
    0.10,
    9,
    140.0,
    0.0,
    (("千代田区", "東京都", "100-0001"), ("大阪市", "大阪府", "530-0001")),
)
"""The market of the multi-currency scenario: the yen has no minor unit. Always last, so that codes keep their place."""


@dataclass(frozen=True)
class Product:
    """A child ASIN, sold in every market under its own SKU.

    Args:
        parent_asin: variations of one parent share it.
        price: shelf price in US dollar cents.
        weight: share of the demand.
    """

    asin: str
    parent_asin: str
    sku: str
    name: str
    category: str
    price: int
    weight: float

    def sku_in(self, market: Market) -> str:
        """The seller's own number of the product in a market."""
        return f"{self.sku}-{market.code}"


PRODUCTS = (
    Product("B0SBX00001", "B0SBXP0001", "SBX-SERUM-30", "Sandbox Serum 30ml", "Skin Care", 2499, 0.22),
    Product("B0SBX00002", "B0SBXP0001", "SBX-SERUM-50", "Sandbox Serum 50ml", "Skin Care", 3499, 0.10),
    Product("B0SBX00003", "B0SBXP0002", "SBX-CREAM-50", "Sandbox Crème Éclat 50ml", "Skin Care", 2999, 0.13),
    Product("B0SBX00004", "B0SBXP0003", "SBX-BALM-10", '"Cherry" Lip Balm 10g, by Sandbox', "Lips", 899, 0.14),
    Product("B0SBX00005", "B0SBXP0004", "SBX-BRUSH-1", 'Sandbox Cleansing Brush 6"', "Tools", 5999, 0.08),
    Product("B0SBX00006", "B0SBXP0005", "SBX-DRYER-1", "Sandbox Hair Dryer & Diffuser", "Hair Tools", 17999, 0.04),
    Product("B0SBX00007", "B0SBXP0006", "SBX-MASK-5", "Sandbox Sheet Mask (5 pack)", "Skin Care", 1499, 0.16),
    Product("B0SBX00008", "B0SBXP0007", "SBX-ROLLER-1", "Sandbox Jade Roller", "Tools", 1999, 0.13),
)


def shelf_price(product: Product, market: Market) -> int:
    """Price of one unit in minor units of the market's currency, ending in 9 (of its smallest usual coin)."""
    units = product.price * market.price_factor / 100
    if units >= 1000:
        return (round(units / 100) * 100 - 1) * int(10**market.exponent)
    return round(units * 10) * int(10 ** (market.exponent - 1)) - 1
