"""Requests to a daemon, by the names of the operations; what comes back is kept."""
import json
from typing import NamedTuple

from description import Reply, events_of

SHOWN_MAX = 300


class Request(NamedTuple):
    """A request beside its body."""
    at: dict = {}       # what stands in the braces of the path
    query: str = ""
    headers: dict = {}
    events: int = None  # of a stream that does not end: so many are read
    fits: bool = False  # it is refused, and not for its shape


class Session:
    def __init__(self, description, daemon, secret):
        self.description = description
        self.daemon = daemon
        self.secret = secret
        self.replies = []

    def ask(self, operation, wanted, body=None, request=Request()):
        """Asks and notes; what was answered, or the events of a stream, as values.

        `body` is a value, or bytes that are sent as they are."""
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        what = self.description.operations[operation]
        target = what.target(request.at) + request.query
        headers.update(request.headers)
        status, named, stream = self.daemon.send(what.method, target, raw, headers)
        text = stream.read(request.events)
        if wanted == 200 and status != 200:  # what follows often needs what was wanted here
            raise AssertionError(f"{operation}: {status}: {str(body)[:SHOWN_MAX]}: {text}")
        value = None if isinstance(body, bytes) else body
        fits = wanted == 200 or request.fits
        reply = Reply(operation, wanted, value, fits, status, named, text)
        self.replies.append(reply)
        return value_of(reply)


def value_of(reply):
    text = reply.body.decode("utf-8")
    if reply.media_type() == "application/json":
        return json.loads(text) if text else None
    if reply.media_type() == "application/x-ndjson":
        return [json.loads(line) for line in text.splitlines()]
    if reply.media_type() == "text/event-stream":
        return events_of(text)
    return text
