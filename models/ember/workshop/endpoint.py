"""A chat endpoint of a running daemon: one question, one answer, over TCP or a Unix socket."""
import http.client
import json
import socket
import urllib.parse

SECONDS, BODY_MOST = 120, 4 << 20


class EndpointError(Exception):
    """The daemon could not be asked, or refused."""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=SECONDS)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(SECONDS)
        self.sock.connect(self.path)


class Endpoint:
    """Threads: thread-safe; every question has a connection of its own."""

    def __init__(self, model, url="", unix_path=""):
        self.model, self.unix_path = model, unix_path
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.prefix = parts.path.rstrip("/").removesuffix("/v1")

    def connection(self):
        if self.unix_path:
            return UnixConnection(self.unix_path)
        return http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)

    def reply(self, case):
        """(message, tokens) for a held-out case, greedily."""
        body = {"model": self.model, "messages": case["messages"], "temperature": 0,
                "max_tokens": case["max_tokens"]}
        for key in ("tools", "response_format"):
            if key in case:
                body[key] = case[key]
        found = self.post("/v1/chat/completions", body)
        tokens = found.get("usage", {}).get("completion_tokens", 0)
        return found["choices"][0]["message"], tokens

    def check_alive(self):
        """That somebody listens, whatever it says: not every server has the daemon's health."""
        connection = self.connection()
        try:
            connection.connect()
        except OSError as error:
            raise EndpointError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def post(self, path, body):
        connection = self.connection()
        try:
            connection.request("POST", self.prefix + path, json.dumps(body).encode("utf-8"),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read(BODY_MOST)
            if response.status != 200:
                said = text.decode("utf-8", "replace")[:300]
                raise EndpointError(f"status {response.status}: {said}")
            return json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EndpointError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
