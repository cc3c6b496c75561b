"""Signed calls of the TikTok Shop API, with a signer of their own, that several test modules make."""

import hashlib
import hmac
import json

import pyarrow.compute as pc

from phygital_funnel.sandbox.api.tiktok_shop.requests import real_seconds

ORDERS = "/order/202309/orders/search"
DETAIL = "/order/202309/orders"
AFFILIATES = "/affiliate_seller/202410/orders/search"
RETURNS = "/return_refund/202309/returns/search"
CANCELLATIONS = "/return_refund/202309/cancellations/search"
PRODUCTS = "/product/202309/products/search"
VIDEOS = "/analytics/202409/shop_videos/performance"
SHOPS = "/authorization/202309/shops"
SETTLED = "2027-01-15T00:00:00"
"""By then everything that happens in the tiny world has happened."""


def signed(secret, path, query, body):
    """The signature as TikTok's documentation words it."""
    pairs = "".join(name + value for name, value in sorted(query, key=lambda pair: pair[0]))
    text = f"{secret}{path}{pairs}{body}{secret}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class ShopCalls:
    """Calls for one market's shop.

    Args:
        servers: of the sandbox.
        market: its code.
    """

    def __init__(self, servers, market="US"):
        self.servers = servers
        self.app = servers.sandbox.credentials.shop
        self.market = next(entry for entry in servers.sandbox.world.markets if entry.code == market)
        self.token = self.app.access_token

    def query(self, age=0, **parameters):
        """The parameters of every call, with more; a list gives a parameter several times."""
        cipher = self.servers.sandbox.credentials.shop_cipher(self.market.shop_id)
        values = {"app_key": self.app.app_id, "timestamp": real_seconds() - age, "shop_cipher": cipher, **parameters}
        return [
            (name, str(entry))
            for name, value in values.items()
            for entry in (value if isinstance(value, list) else [value])
        ]

    def send(self, method, path, query, body="", **headers):
        """Send what is there, signed or not."""
        headers = {"x-tts-access-token": self.token, "content-type": "application/json", **headers}
        answer = self.servers.api.request(method, path, params=query, content=body.encode(), headers=headers)
        assert answer.status_code == 200
        return answer.json()

    def call(self, method, path, body=None, **parameters):
        """A signed call's whole answer."""
        text = "" if body is None else json.dumps(body)
        query = self.query(**parameters)
        return self.send(method, path, [*query, ("sign", signed(self.app.secret, path, query, text))], text)

    def data(self, method, path, body=None, **parameters):
        """The data of a signed call that must succeed."""
        answer = self.call(method, path, body, **parameters)
        assert (answer["code"], answer["message"]) == (0, "Success"), answer
        return answer["data"]

    def everything(self, path, rows, body=None, **parameters):
        """All rows of a listing, page by page."""
        found, token, pages = [], "", 0
        while token or not pages:
            assert pages < 300, "the pages never end"
            data = self.data("POST", path, body or {}, **parameters, **({"page_token": token} if token else {}))
            found, token, pages = [*found, *data[rows]], data["next_page_token"], pages + 1
        assert len(found) == data["total_count"]
        return found

    def orders(self, body=None, **parameters):
        """All orders that a search finds."""
        return self.everything(ORDERS, "orders", body, **{"page_size": 100, **parameters})

    def code(self, method, path, body=None, **parameters):
        """The error code of a signed call."""
        return self.call(method, path, body, **parameters)["code"]

    def world_orders(self):
        """The shop's orders as the world has them."""
        table = self.servers.sandbox.world["orders"]
        is_here = pc.and_(pc.equal(table["platform"], "tiktok_shop"), pc.equal(table["market"], self.market.code))
        return table.filter(is_here).to_pylist()

    def world_lines(self, name="order_lines"):
        """Rows of the world about the shop's orders."""
        ids = {order["order_id"] for order in self.world_orders()}
        return [row for row in self.servers.sandbox.world[name].to_pylist() if row["order_id"] in ids]


def first(servers, kind, is_wanted):
    """The shop and the row of the world's first order or refund about a shop that is wanted.

    Args:
        servers: of the sandbox.
        kind: orders or refunds.
        is_wanted: of the row and its order.
    """
    for market in servers.sandbox.world.markets:
        shop = ShopCalls(servers, market.code)
        orders = {order["order_id"]: order for order in shop.world_orders()}
        for row in orders.values() if kind == "orders" else shop.world_lines(kind):
            if is_wanted(row, orders[row["order_id"]]):
                return shop, row
    raise AssertionError("the tiny world has none")


def minor(text, market):
    """Minor units of an amount as the API writes it."""
    whole, _, decimals = text.partition(".")
    assert len(decimals) == market.exponent
    return int(whole + decimals)
