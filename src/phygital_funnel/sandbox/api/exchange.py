"""One request and its whole answer, for the middleware that changes answers."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY = "sandbox.body"
"""Where in a request's scope the guard leaves its body."""


@dataclass
class Answer:
    """An answer that has not been sent yet.

    Args:
        status: of HTTP.
        headers: without content-length, which follows from the body.
        body: all of it.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Send, promised: int | None = None, *, is_whole: bool = True) -> None:
        """Send it.

        Args:
            send: of the server.
            promised: content-length when it differs from what is sent.
            is_whole: False leaves the response open.
        """
        length = len(self.body) if promised is None else promised
        headers = [*self.headers, (b"content-length", str(length).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": not is_whole})


async def ask(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """The app's answer to a request."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    start = messages[0]
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    return Answer(start["status"], headers, b"".join(message.get("body", b"") for message in messages[1:]))


def body_of(scope: Scope) -> bytes:
    """A request's body, which the guard has read and left here."""
    body: bytes = scope.get(BODY, b"")
    return body
