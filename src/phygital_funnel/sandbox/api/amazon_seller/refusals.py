"""What the Selling Partner API answers when it does not do what it was asked."""

from starlette.responses import Response

from phygital_funnel.sandbox.api.state import seller_error


class Refused(Exception):
    """A request that gets an error answer.

    Args:
        status: of the HTTP answer.
        code: the API's word for the error.
        message: what was wrong.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> Response:
        """The answer."""
        return seller_error(self.status, self.code, str(self))


class InvalidInput(Refused):
    """A request with a missing, malformed or contradictory parameter: HTTP 400."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "InvalidInput", message)


class NotFound(Refused):
    """A resource that does not exist: HTTP 404."""

    def __init__(self, message: str) -> None:
        super().__init__(404, "NotFound", message)


def refused_token(token: str) -> Response:
    """What a missing, unknown or expired access token gets."""
    details = (
        "The access token you provided has expired." if token else "Access token is missing in the request header."
    )
    return seller_error(403, "Unauthorized", "Access to requested resource is denied.", details)


def restricted_data_refused() -> Response:
    """What an operation on personal data gets without a restricted data token."""
    return seller_error(
        403, "Unauthorized", "Access to requested resource is denied.", "A restricted data token is needed."
    )


def exceeded_quota() -> Response:
    """What a request above the usage plan gets; it carries no hint how long to wait."""
    return seller_error(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
