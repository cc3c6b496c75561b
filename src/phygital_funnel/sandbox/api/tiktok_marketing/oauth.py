"""OAuth of the Marketing API: long-lived tokens, which are valid until they are revoked."""

import hmac

from starlette.requests import Request

from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_marketing.parameters import Parameters, Refused
from phygital_funnel.sandbox.world.catalogue import BRAND

SCOPES = [2, 4]
MAX_TOKENS = 50
"""Later tokens are the earlier ones again, so that a client in a loop does not fill the memory."""


class Authorisation:
    """Gives out access tokens and recognises them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._app = sandbox.credentials.marketing
        self._tokens = {self._app.access_token}
        self._issued = 0

    def exchange(self, parameters: Parameters, advertiser_ids: list[str]) -> dict[str, object]:
        """A new token for the authorisation code; the code can be exchanged again and again.

        Raises:
            Refused: the app, its secret or the code is wrong.
        """
        self.check_app(parameters)
        if not _equal(parameters.required("auth_code"), self._app.auth_code):
            raise Refused(40110, "Auth_code is invalid or has expired.")
        token = self._sandbox.credentials.secret(f"tiktok_ads access token {self._issued % MAX_TOKENS}")
        self._issued += 1
        self._tokens.add(token)
        return {"access_token": token, "scope": SCOPES, "advertiser_ids": advertiser_ids}

    def user(self) -> dict[str, object]:
        """Who authorised the application: what connectors look at to try a token."""
        return {
            "core_user_id": "7020000000000000001",
            "display_name": BRAND,
            "email": "m***g@example-brand.test",
            "avatar_url": "https://example-brand.test/avatar.png",
            "create_time": 1704067200,
        }

    def check_app(self, parameters: Parameters) -> None:
        """See that an application identifies itself.

        Raises:
            Refused: its id or secret is wrong.
        """
        app_id, secret = parameters.required("app_id"), parameters.required("secret")
        if not (_equal(app_id, self._app.app_id) and _equal(secret, self._app.secret)):
            raise Refused(40101, "App id or secret is incorrect.")

    def token_of(self, request: Request) -> str:
        """The valid access token of a request.

        Raises:
            Refused: there is none.
        """
        token = request.headers.get("access-token", "")
        if not token:
            raise Refused(40104, "Access token is empty.")
        if not any(_equal(token, known) for known in list(self._tokens)):
            raise Refused(40105, "Access token is incorrect or has been revoked.")
        return token


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
