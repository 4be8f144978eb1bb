"""A real daemon with a home of its own, and the stand-ins for what is elsewhere."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

FAKES = pathlib.Path(__file__).resolve().parent.parent / "fakes"
READY_S = 60
ANSWER_S = 120
END_S = 60
LISTENING = re.compile(r'"listening".*"url":"([^"]+)"')
# What would lead out of the test: hubs, keys, folders of other programs.
FOREIGN = ("HEARTH_", "OLLAMA_", "HF_", "HUGGING", "LLAMA", "XDG_", "SSL_")


@contextlib.contextmanager
def home():
    with tempfile.TemporaryDirectory(prefix="hearth_openapi_") as folder:
        yield pathlib.Path(folder)


def environment(folder, more):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(FOREIGN) and not name.lower().endswith("_proxy")}
    own = {"HOME": str(folder), "HEARTH_HOME": str(folder / "hearth"), "HEARTH_LOG_FORMAT": "json",
           "HEARTH_LOG_LEVEL": "info", "HEARTH_MODELS_FOUND": "no",
           "HEARTH_TOOLS_HOSTS": "example.org"}
    return {**kept, **own, **more}


def make_key(program, folder, scope):
    """The secret of a new key."""
    command = [program, "keys", "inbound", "create", "--name", scope, "--scope", scope]
    made = subprocess.run(command, env=environment(folder, {}), check=True, capture_output=True,
                          text=True, timeout=ANSWER_S)
    return made.stdout.strip()


class Fake:
    """A program of tests/fakes, which says where it is and ends when its standard input does."""

    def __init__(self, name, *arguments):
        command = [sys.executable, str(FAKES / name), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.at = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(END_S)
            self.process.stdout.close()


class Daemon:
    def __init__(self, program, folder, more=None):
        log = subprocess.PIPE
        self.process = subprocess.Popen([program, "serve", "--port", "0"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=log, text=True,
                                        env=environment(folder, more or {}))
        self.lines = []
        self.listening = threading.Event()
        self.reader = threading.Thread(target=self.read_log)
        self.reader.start()
        self.address = None
        if not self.listening.wait(READY_S) or self.address is None:
            self.end()
            raise RuntimeError("the daemon did not become ready:\n" + "".join(self.lines[-40:]))

    def read_log(self):
        for line in self.process.stderr:
            self.lines.append(line)
            found = LISTENING.search(line)
            if found:
                self.address = urllib.parse.urlsplit(found.group(1)).netloc
                self.listening.set()
        self.listening.set()  # it will not come any more

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.process.terminate()  # nothing where it has ended
        self.process.wait(END_S)
        self.reader.join()
        self.process.stderr.close()

    def send(self, method, target, body, headers):
        """Status, headers by their names in small letters, and an open body; to be closed."""
        connection = http.client.HTTPConnection(self.address, timeout=ANSWER_S)
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return response.status, named, Body(connection, response)


class Body:
    def __init__(self, connection, response):
        self.connection, self.response = connection, response

    def read(self, events_most=None):
        """All of it; or so many events of a stream that does not end."""
        with contextlib.closing(self.connection):
            if events_most is None:
                return self.response.read()
            text = b""
            while text.count(b"\ndata: ") < events_most or not text.endswith(b"\n\n"):
                line = self.response.readline()
                if not line:
                    break
                text += line
            return text
