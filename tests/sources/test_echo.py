"""A platform that repeats the request's secrets in its refusals does not get them into an error or a log."""

import json
from dataclasses import dataclass
from datetime import date

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import SourceError
from phygital_funnel.sources.stream import Window

from .home import ACCOUNTS
from .replay import SIGN_IN, Replay, Request, serving

STATUSES = (400, 401, 403, 429, 500)
TELLING = ("token", "secret", "authorization")
ENVELOPES = ("tiktok_ads", "tiktok_organic", "tiktok_shop")
CODES = {
    "tiktok_ads": (40001, 40002, 40100, 40105, 50000),
    "tiktok_organic": (40001, 40002, 40100, 40105, 50000),
    "tiktok_shop": (36009004, 105002, 106001, 36009002, 36009003),
}


@dataclass
class Echo(Replay):
    """Refuses everything but sign-ins, in words that hold all it was sent.

    Args:
        status: of HTTP.
        code: of an envelope; 0 for a platform without envelopes.
        is_signing_in: whether sign-ins are refused likewise.
    """

    status: int = 200
    code: int = 0
    is_signing_in: bool = False

    def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        if (request.method, request.path) in SIGN_IN and not self.is_signing_in:
            return super().answer(request)
        self.requests.append(request)
        sent = {**request.parameters, **request.headers}
        # Secrets come first, so that cutting a message short does not hide them.
        telling = [text for name, text in sent.items() if any(word in name.lower() for word in TELLING)]
        said = f"refused {' '.join(map(str, telling))} {sent}"
        body = {
            "code": self.code or "InvalidInput",
            "message": said,
            "details": said,
            "detail": said,
            "error": said,
            "error_description": said,
            "errors": [{"code": "InvalidInput", "message": said, "details": said}],
            "request_id": "echo",
        }
        return self.status, {"Content-Type": "application/json"}, json.dumps(body).encode()


CASES = [
    *((source, 200, code) for source in ENVELOPES for code in CODES[source]),
    *((source, status, 0) for source in ACCOUNTS if source not in ENVELOPES for status in STATUSES),
]


def secrets_of(settings, source):
    known = json.loads(settings.source(source).credentials_file.read_text())
    names = [name for name in known if "token" in name or "secret" in name]
    return [known[name] for name in names] + ["Atza|replayed", "Atzr|replayed", "replayed-next"]


@pytest.mark.parametrize("is_signing_in", [False, True], ids=["data", "sign-in"])
@pytest.mark.parametrize(("source", "status", "code"), CASES)
def test_no_secret_is_repeated(home_of, caplog, source, status, code, is_signing_in):
    caplog.set_level("DEBUG")
    day = date(2026, 11, 4)
    with serving(Echo([], status=status, code=code, is_signing_in=is_signing_in)) as server:
        settings = home_of(server.url)
        with pytest.raises(SourceError) as refused:
            pipeline.extract(settings, source, Window(day, day), account=ACCOUNTS[source])

    assert server.requests or is_signing_in
    told = [str(refused.value), repr(refused.value.__cause__), caplog.text]
    for secret in secrets_of(settings, source):
        assert not any(secret in text for text in told)
