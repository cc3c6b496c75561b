"""TikTok Accounts API v1.3: tokens, profiles with daily figures, and posts (api-contracts 2.1).

The Display API, which shows less of the same posts, lives beside it (``display``).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.grants import REFRESH_SECONDS, Grants, Pair
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.api.tiktok_accounts import parameters, profiles, videos
from phygital_funnel.sandbox.api.tiktok_accounts.book import AccountBook
from phygital_funnel.sandbox.api.tiktok_accounts.display import Display
from phygital_funnel.sandbox.api.tiktok_accounts.parameters import INVALID, AccountRefused
from phygital_funnel.sandbox.api.tiktok_accounts.videos import Post
from phygital_funnel.sandbox.world.times import DAY, micros

PREFIX = "/open_api/v1.3"
ACCESS_SECONDS = 86_400
SCOPE = "user.info.basic,user.insights,video.list,video.insights"
LOOK_BACK_DAYS, DEFAULT_DAYS = 60, 7
MAX_COUNT, DEFAULT_COUNT = 20, 10
_LAST_CURSOR = 10**15


class TikTokAccounts:
    """The Accounts API of a sandbox: one application that the brand's accounts and its creators have authorised."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._grants = Grants(sandbox.credentials.organic, ACCESS_SECONDS, sandbox.monotonic)
        self._book = AccountBook(sandbox)
        self._display = Display(sandbox, self._grants, self._book)

    def routes(self) -> list[Route]:
        """The endpoints served."""
        return [
            Route(f"{PREFIX}/tt_user/oauth2/token/", self._token(self._exchange), methods=["POST"]),
            Route(f"{PREFIX}/tt_user/oauth2/refresh_token/", self._token(self._refresh), methods=["POST"]),
            Route(f"{PREFIX}/business/get/", self._endpoint(self._business), methods=["GET"]),
            Route(f"{PREFIX}/business/video/list/", self._endpoint(self._videos), methods=["GET"]),
            *self._display.routes(),
        ]

    def _endpoint(self, handler: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                self._admit(request)
                return self._sandbox.tiktok(handler(request))
            except AccountRefused as refusal:
                return self._sandbox.tiktok({}, refusal.code, str(refusal))

        return answer

    def _admit(self, request: Request) -> None:
        token = request.headers.get("access-token", "")
        if not token:
            raise AccountRefused(40104, "Access token is empty.")
        if not self._grants.knows(token):
            raise AccountRefused(40105, "Access token is incorrect or has been revoked.")
        if not self._grants.is_valid(token):
            raise AccountRefused(40102, "Access token has expired.")
        if not self._sandbox.throttle.admits("tiktok_accounts", ""):
            raise AccountRefused(40100, "Too many requests. Please retry in some time.")

    def _account(self, request: Request) -> dict[str, Any]:
        open_id = request.query_params.get("business_id", "")
        if not open_id:
            raise AccountRefused(INVALID, "business_id: Missing data for required field.")
        if open_id not in self._book.accounts:
            raise AccountRefused(40001, "business_id: No permission to operate this account.")
        return self._book.accounts[open_id]

    def _business(self, request: Request) -> dict[str, Any]:
        creator = self._account(request)
        fields = parameters.fields(request, profiles.FIELDS, profiles.DEFAULT_FIELDS)
        first, last = self._range(request)
        now, known_until = self._sandbox.now, self._book.known_until
        creator_id = creator["creator_id"]
        posts = self._book.posts.get(creator_id, [])
        days = self._book.profile_writer.days(creator_id, fields, first, min(last + 1, known_until))
        profile = self._book.profile_writer.profile(creator, posts, fields, now, known_until)
        return {**profile, "metrics": days} if set(fields) & set(profiles.DAILY_FIELDS) else profile

    def _range(self, request: Request) -> tuple[int, int]:
        today = micros(self._sandbox.now) // DAY
        last = parameters.day(request, "end_date", today - 1)
        first = parameters.day(request, "start_date", min(last, today - 1) - DEFAULT_DAYS + 1)
        if first > last:
            raise AccountRefused(INVALID, "start_date: Must not be after end_date.")
        if first < today - LOOK_BACK_DAYS or last > today:
            raise AccountRefused(INVALID, f"start_date: Must lie within the last {LOOK_BACK_DAYS} days.")
        return first, last

    def _videos(self, request: Request) -> dict[str, Any]:
        creator = self._account(request)
        fields = parameters.fields(request, videos.FIELDS, ("item_id",))
        if "item_id" not in fields:
            raise AccountRefused(INVALID, "fields: Must contain item_id.")
        count = parameters.number(request, "max_count", DEFAULT_COUNT, MAX_COUNT)
        cursor = parameters.number(request, "cursor", _LAST_CURSOR, _LAST_CURSOR)
        now, known_until = self._sandbox.now, self._book.known_until
        posts = self._chosen(request, self._book.posts.get(creator["creator_id"], []))
        page = videos.page_of(posts, now, cursor if request.query_params.get("cursor") else None, count)
        return {
            "videos": [self._book.video_writer.video(post, fields, now, known_until) for post in page.posts],
            "cursor": page.cursor,
            "has_more": page.has_more,
        }

    def _chosen(self, request: Request, posts: list[Post]) -> list[Post]:
        """The posts that the filters let through."""
        wanted = parameters.filters(request)
        if wanted.get("video_ids"):
            posts = [post for post in posts if post.about["video_id"] in wanted["video_ids"]]
        if wanted.get("ad_post_only"):
            posts = [post for post in posts if self._book.video_writer.is_ad(post, self._sandbox.now)]
        return posts

    def _token(self, grant: Callable[[dict[str, str]], Pair]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return self._sandbox.tiktok(self._granted(grant, parameters.posted(await request.body())))
            except AccountRefused as refusal:
                return self._sandbox.tiktok({}, refusal.code, str(refusal))

        return answer

    def _granted(self, grant: Callable[[dict[str, str]], Pair], body: dict[str, str]) -> dict[str, Any]:
        if not self._grants.is_app(body.get("client_id", ""), body.get("client_secret", "")):
            raise AccountRefused(40101, "client_id or client_secret is incorrect.")
        pair = grant(body)
        return {
            "access_token": pair.access_token,
            "token_type": "Bearer",
            "scope": SCOPE,
            "expires_in": ACCESS_SECONDS,
            "refresh_token": pair.refresh_token,
            "refresh_token_expires_in": REFRESH_SECONDS,
            "open_id": next(iter(self._book.accounts)),
        }

    def _exchange(self, body: dict[str, str]) -> Pair:
        _check_grant_type(body, "authorization_code")
        pair = self._grants.exchange(body.get("auth_code", ""))
        if pair is None:
            raise AccountRefused(40110, "auth_code: It is incorrect, has expired or was used before.")
        return pair

    def _refresh(self, body: dict[str, str]) -> Pair:
        _check_grant_type(body, "refresh_token")
        pair = self._grants.refresh(body.get("refresh_token", ""))
        if pair is None:
            raise AccountRefused(40107, "refresh_token: It is incorrect or has expired.")
        return pair


def _check_grant_type(body: dict[str, str], expected: str) -> None:
    if body.get("grant_type") != expected:
        raise AccountRefused(INVALID, f"grant_type: Must be {expected}.")
