"""TikTok Display API v2: an account's posts as any visitor sees them (api-contracts 2.2).

It has tokens of no business, so it shows the account that authorised the application first.
"""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.grants import REFRESH_SECONDS, Grants
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_accounts import videos
from phygital_funnel.sandbox.api.tiktok_accounts.book import AccountBook
from phygital_funnel.sandbox.api.tiktok_accounts.parameters import AccountRefused, posted_object
from phygital_funnel.sandbox.api.tiktok_accounts.videos import Post

SCOPE = "user.info.basic,user.info.stats,video.list"
MAX_COUNT, DEFAULT_COUNT = 20, 10
HEIGHT, WIDTH = 1024, 576
FIELDS = (
    "id", "create_time", "title", "video_description", "duration", "cover_image_url", "share_url", "embed_html",
    "embed_link", "height", "width", "like_count", "comment_count", "share_count", "view_count", "is_aigc",
)  # fmt: skip
_LAST_CURSOR = 10**15
_COUNTERS = {"view_count": "video_views", "like_count": "likes", "comment_count": "comments", "share_count": "shares"}
_TAKEN_OVER = {"cover_image_url": "thumbnail_url", "share_url": "share_url", "embed_link": "embed_url"}
_SOURCES = ["item_id", "create_time", "caption", "video_duration", *_COUNTERS.values(), *_TAKEN_OVER.values()]
"""Fields of the Accounts API that the others are made from."""


class DisplayRefused(Exception):
    """A request that the Display API answers with an HTTP status and an error code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(message)


class Display:
    """The Display API of a sandbox.

    Args:
        sandbox: whose clock is read.
        grants: the application's tokens, which the Accounts API issues too.
        book: accounts and posts.
    """

    def __init__(self, sandbox: Sandbox, grants: Grants, book: AccountBook) -> None:
        self._sandbox = sandbox
        self._grants = grants
        self._book = book

    def routes(self) -> list[Route]:
        """The endpoints served."""
        return [
            Route("/v2/oauth/token/", self._token, methods=["POST"]),
            Route("/v2/video/list/", self._endpoint(self._list), methods=["POST"]),
            Route("/v2/video/query/", self._endpoint(self._query), methods=["POST"]),
        ]

    def _answer(self, data: dict[str, Any], code: str = "ok", message: str = "", status: int = 200) -> Response:
        error = {"code": code, "message": message, "log_id": self._sandbox.request_id()}
        return JSONResponse({"data": data, "error": error}, status_code=status)

    def _endpoint(
        self, handler: Callable[[list[str], dict[str, Any]], dict[str, Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body = await request.body()
            try:
                self._admit(request)
                return self._answer(handler(_fields(request), posted_object(body) if body else {}))
            except DisplayRefused as refusal:
                return self._answer({}, refusal.code, str(refusal), refusal.status)
            except AccountRefused as refusal:
                return self._answer({}, "invalid_params", str(refusal), 400)

        return answer

    def _admit(self, request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self._grants.is_valid(token.strip()):
            raise DisplayRefused(
                401, "access_token_invalid", "The access token is invalid or not found in the request."
            )
        if not self._sandbox.throttle.admits("tiktok_accounts", "display"):
            raise DisplayRefused(429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.")

    @property
    def _posts(self) -> list[Post]:
        creator = next(iter(self._book.accounts.values()))
        return self._book.posts.get(creator["creator_id"], [])

    def _list(self, fields: list[str], body: dict[str, Any]) -> dict[str, Any]:
        cursor = _number(body, "cursor", _LAST_CURSOR)
        count = _number(body, "max_count", MAX_COUNT) or DEFAULT_COUNT
        page = videos.page_of(self._posts, self._sandbox.now, cursor, count)
        return {
            "videos": [self._video(post, fields) for post in page.posts],
            "cursor": page.cursor,
            "has_more": page.has_more,
        }

    def _query(self, fields: list[str], body: dict[str, Any]) -> dict[str, Any]:
        filters = body.get("filters")
        ids = filters.get("video_ids") if isinstance(filters, dict) else None
        if not isinstance(ids, list) or not 0 < len(ids) <= MAX_COUNT:
            raise DisplayRefused(400, "invalid_params", f"filters.video_ids: Must hold between 1 and {MAX_COUNT} ids.")
        now = self._sandbox.now
        chosen = [post for post in self._posts if post.about["video_id"] in ids and post.is_shown(now)]
        return {"videos": [self._video(post, fields) for post in chosen]}

    def _video(self, post: Post, fields: list[str]) -> dict[str, Any]:
        now, known_until = self._sandbox.now, self._book.known_until
        shown = self._book.video_writer.video(post, _SOURCES, now, known_until)
        values = {
            "id": shown["item_id"],
            "create_time": int(shown["create_time"]),
            "title": shown["caption"],
            "video_description": shown["caption"],
            "duration": int(shown["video_duration"]),
            "embed_html": f'<iframe src="{escape(shown["embed_url"])}"></iframe>',
            "height": HEIGHT,
            "width": WIDTH,
            "is_aigc": False,
            **{name: shown[source] for name, source in {**_COUNTERS, **_TAKEN_OVER}.items()},
        }
        return {name: values[name] for name in fields}

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        if not self._grants.is_app(_text(form, "client_key"), _text(form, "client_secret")):
            return _oauth_error("invalid_client", "Client key or secret is incorrect.")
        grant = {
            "authorization_code": ("code", self._grants.exchange),
            "refresh_token": ("refresh_token", self._grants.refresh),
        }
        name, issue = grant.get(_text(form, "grant_type"), ("", None))
        if issue is None:
            return _oauth_error("unsupported_grant_type", "The grant type is not supported.")
        pair = issue(_text(form, name))
        if pair is None:
            return _oauth_error("invalid_grant", f"{name} is invalid or has expired.")
        body = {
            "access_token": pair.access_token,
            "expires_in": int(self._grants.access_seconds),
            "open_id": next(iter(self._book.accounts)),
            "refresh_expires_in": REFRESH_SECONDS,
            "refresh_token": pair.refresh_token,
            "scope": SCOPE,
            "token_type": "Bearer",
        }
        return JSONResponse(body)


def _fields(request: Request) -> list[str]:
    fields = [name.strip() for name in request.query_params.get("fields", "").split(",") if name.strip()]
    unknown = [name for name in fields if name not in FIELDS]
    if unknown or not fields:
        named = f"Invalid fields: {', '.join(unknown)[:200]}." if unknown else "Missing data for required field."
        raise DisplayRefused(400, "invalid_params", f"fields: {named}")
    return list(dict.fromkeys(fields))


def _number(body: dict[str, Any], name: str, most: int) -> int | None:
    value: object = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        raise DisplayRefused(400, "invalid_params", f"{name}: Must be between 1 and {most}.")
    return value


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _oauth_error(error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description, "log_id": ""}, status_code=400)
