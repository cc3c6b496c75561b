"""TikTok Display API: the same posts, as any visitor sees them."""

import pytest

from .samples import assert_same_shape, sample
from .test_accounts import SETTLED, AccountCalls

LIST, QUERY, TOKEN = "/v2/video/list/", "/v2/video/query/", "/v2/oauth/token/"


@pytest.fixture
def account(serve_at):
    return AccountCalls(serve_at(SETTLED))


def ask(account, path, fields, body=None, token=None):
    headers = {"Authorization": f"Bearer {account.token if token is None else token}"}
    return account.servers.api.post(path, params={"fields": fields}, json={} if body is None else body, headers=headers)


def test_a_post_has_the_documented_shape(account):
    documented = sample("display_video_list")
    answer = ask(account, LIST, ",".join(documented["data"]["videos"][0]))
    assert answer.status_code == 200
    assert_same_shape(answer.json(), documented)
    assert answer.json()["data"]["videos"]


def test_posts_and_counters_are_those_of_the_accounts_api(account):
    """All pages, however small; it shows the account that authorised the application first."""
    found, cursor, has_more = {}, {}, True
    while has_more:
        data = ask(account, LIST, "id,view_count,like_count", {"max_count": 2, **cursor}).json()["data"]
        found |= {post["id"]: (post["view_count"], post["like_count"]) for post in data["videos"]}
        cursor, has_more = {"cursor": data["cursor"]}, data["has_more"]
    posts = account.posts("video_views", "likes")
    assert found == {item_id: (post["video_views"], post["likes"]) for item_id, post in posts.items()}
    item_id = next(iter(found))
    answer = ask(account, QUERY, "id", {"filters": {"video_ids": [item_id, "1"]}}).json()
    assert answer["data"]["videos"] == [{"id": item_id}]


def test_tokens_are_refreshed_with_a_form(account):
    app = account.servers.sandbox.credentials.organic
    form = {"client_key": app.app_id, "client_secret": app.secret}
    wanted = {**form, "grant_type": "refresh_token", "refresh_token": app.refresh_token}
    pair = account.servers.api.post(TOKEN, data=wanted).json()
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 86_400)
    assert ask(account, LIST, "id", token=pair["access_token"]).status_code == 200
    for changed, error in (
        ({"client_secret": app.app_id}, "invalid_client"),
        ({"grant_type": "x"}, "unsupported_grant_type"),
        ({"refresh_token": app.secret}, "invalid_grant"),
    ):
        answer = account.servers.api.post(TOKEN, data={**wanted, **changed})
        assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("path", "fields", "body"),
    [
        (LIST, "", {}),
        (LIST, "id,salary", {}),
        (LIST, "id", {"max_count": 21}),
        (LIST, "id", {"max_count": True}),
        (LIST, "id", {"cursor": "soon"}),
        (LIST, "id", [1]),
        (QUERY, "id", {}),
        (QUERY, "id", {"filters": {"video_ids": []}}),
    ],
)
def test_requests_that_cannot_be_answered_are_refused(account, path, fields, body):
    answer = ask(account, path, fields, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_params")


def test_a_wrong_token_is_refused_with_401(account):
    answer = ask(account, LIST, "id", token="")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_token_invalid")


def test_calls_beyond_the_quota_are_throttled(serve_at):
    account = AccountCalls(serve_at(SETTLED, is_throttled=True))
    answers = [ask(account, LIST, "id") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert_same_shape(answers[-1].json(), sample("display_error_429"))
