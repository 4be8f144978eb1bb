#!/usr/bin/env python3
"""An Ollama on loopback, for tests: its version, tags, ps, show, and letting go of a model.

    python3 tests/fakes/ollama.py [silent|nonsense]

prints one line of JSON with its address, on a free port, and ends when its standard input does.
It has two models and holds one of them. `silent` takes connections and never answers; `nonsense`
answers everything with what is no JSON.
"""
import http.server
import json
import sys
import threading

MODELS = {"qwen2.5:0.5b": 397_821_319, "gpt-oss:120b-cloud": 384}


def details():
    return {"format": "gguf", "family": "qwen2", "parameter_size": "494.03M",
            "quantization_level": "Q4_K_M"}


class Ollama:
    def __init__(self, mode):
        self.mode = mode
        self.loaded = {"qwen2.5:0.5b"}
        self.ended = threading.Event()

    def answer(self, method, path, body):
        """Status and value."""
        if (method, path) == ("GET", "/api/version"):
            return 200, {"version": "0.20.1"}
        if (method, path) == ("GET", "/api/tags"):
            return 200, {"models": [{"name": name, "model": name, "size": size,
                                     "digest": "a" * 64, "details": details()}
                                    for name, size in MODELS.items()]}
        if (method, path) == ("GET", "/api/ps"):
            return 200, {"models": [{"name": name, "model": name, "size": 2 * MODELS[name],
                                     "size_vram": MODELS[name],
                                     "expires_at": "2030-01-01T00:00:00Z"}
                                    for name in sorted(self.loaded)]}
        if method == "POST" and body.get("model") not in MODELS:
            return 404, {"error": f"model '{body.get('model')}' not found"}
        if (method, path) == ("POST", "/api/show"):
            return 200, {"details": details(), "capabilities": ["completion", "tools"]}
        if (method, path) == ("POST", "/api/generate") and body.get("keep_alive") == 0:
            self.loaded.discard(body["model"])
            return 200, {"model": body["model"], "done": True, "done_reason": "unload"}
        return 404, {"error": "not found"}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self):
        ollama = self.server.ollama
        if ollama.mode == "silent":
            ollama.ended.wait()
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        status, value = ollama.answer(self.command, self.path, body)
        text = b"<html>" if ollama.mode == "nonsense" else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        # A client that does not wait for a silent one is what this is about.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main():
    server = Server(("127.0.0.1", 0), Handler)
    server.ollama = Ollama(sys.argv[1] if len(sys.argv) > 1 else "")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"ollama": f"127.0.0.1:{server.server_address[1]}"}), flush=True)
    sys.stdin.buffer.read()
    server.ollama.ended.set()


main()
