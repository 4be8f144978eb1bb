"""One HTTP server per face, a thread per connection; files go out by sendfile. A face has an
answer(request) that returns a Reply. What faults do to an answer is done here and in sending.py."""
import http.server
import json
import socket
import sys
import threading
import urllib.parse
from dataclasses import dataclass, field

import sending


@dataclass
class Request:
    server: str
    method: str
    path: str     # without query, unescaped
    target: str   # as it was sent
    query: dict
    headers: dict  # names in lower case
    body: bytes = b""

    @property
    def parts(self):
        return self.path.strip("/").split("/")


@dataclass
class Reply:
    status: int = 200
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    file: object = None  # a path, served with ranges in place of the body


def document(value, status=200, headers=None):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Reply(status, {"Content-Type": "application/json", **(headers or {})}, body)


def redirect(url, status=302, headers=None):
    return Reply(status, {"Location": url, **(headers or {})})


def not_found():
    return document({"error": "not found"}, 404)


class Seen:
    """Every request to any server but the admin's."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests = []

    def add(self, request, status):
        with self.lock:
            self.requests.append({"server": request.server, "method": request.method,
                                  "path": request.path, "target": request.target,
                                  "headers": request.headers, "status": status})

    def clear(self):
        with self.lock:
            self.requests = []

    def report(self):
        counts = {}
        with self.lock:
            for request in self.requests:
                key = f"{request['server']} {request['method']} {request['path']}"
                counts[key] = counts.get(key, 0) + 1
            return {"requests": list(self.requests), "counts": counts}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *_):
        pass

    def read_request(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query, keep_blank_values=True))
        length = int(self.headers.get("Content-Length") or 0)
        return Request(self.server.name, self.command, urllib.parse.unquote(address.path),
                       self.path, query,
                       {name.lower(): value for name, value in self.headers.items()},
                       self.rfile.read(length))

    def answer(self):
        request, hub = self.read_request(), self.server.hub
        admin = request.server == "admin"
        faults = {} if admin else hub.faults.take(request.server, request.method, request.target)
        reply = sending.instead(request, faults, hub) or self.server.face.answer(request)
        span = sending.prepare(request, reply, faults, hub)
        if not admin:
            hub.seen.add(request, reply.status)
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if request.method != "HEAD" and not sending.send(self.connection, reply, span, faults):
                self.close_connection = True
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_DELETE = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        # A client that goes in the middle is what these tests are about.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def start(name, face, hub):
    """Its address; it serves until the process ends."""
    server = Server(("127.0.0.1", 0), Handler)
    server.name, server.face, server.hub = name, face, hub
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"
