"""A registry that speaks Ollama's protocol."""
import json

from library import sha256, signed
from plain import TOKEN
from serving import Reply, document, not_found, redirect

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
OLLAMA = "application/vnd.ollama.image."


class Registry:
    manifest_type = MANIFEST
    config_type = "application/vnd.docker.container.image.v1+json"
    files = "registry"
    kinds = {"projector.gguf": OLLAMA + "projector", "adapter.gguf": OLLAMA + "adapter",
             "template": OLLAMA + "template", "system": OLLAMA + "system",
             "params": OLLAMA + "params", "messages": OLLAMA + "messages",
             "license": OLLAMA + "license"}
    model_type = OLLAMA + "model"

    def __init__(self, hub):
        self.hub = hub
        self.blobs = {}  # small things that are no files, by their digests

    def realm(self):
        return self.hub.addresses["registry"] + "/token"

    def wants_token(self, model):
        return bool(model) and self.hub.library.settings(model).get("token", False)

    def answer(self, request):
        parts = request.parts
        if request.path == "/token":
            return document({"token": TOKEN})
        if len(parts) != 5 or parts[0] != "v2":
            return not_found()
        space, model, kind, reference = parts[1:]
        wanted = self.hub.library.find(self.files, space, model)
        if self.wants_token(wanted) and request.headers.get("authorization") != "Bearer " + TOKEN:
            challenge = (f'Bearer realm="{self.realm()}",service="registry",'
                         f'scope="repository:{space}/{model}:pull"')
            return document({"errors": [{"code": "UNAUTHORIZED"}]}, 401,
                            {"WWW-Authenticate": challenge})
        if reference.startswith("sha256:"):
            return self.blob(kind, reference.removeprefix("sha256:"))
        tag = self.hub.library.find(self.files, space, model, reference)
        if kind == "manifests" and tag:
            return self.described(self.manifest(tag))
        return document({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, 404)

    def described(self, body):
        return document(body, headers={"Content-Type": json.loads(body).get("mediaType"),
                                       "Docker-Content-Digest": "sha256:" + sha256(body)})

    def blob(self, kind, digest):
        if digest in self.blobs:
            body = self.blobs[digest]
            return self.described(body) if kind == "manifests" else document(body)
        path = self.hub.library.with_digest(digest)
        if path is None:
            return document({"errors": [{"code": "BLOB_UNKNOWN"}]}, 404)
        if path.suffix != ".gguf":
            return Reply(200, {"ETag": f'"{digest}"'}, path.read_bytes())
        return redirect(signed(self.hub.addresses["cdn"], f"/blobs/{digest}"), 307)

    def keep(self, body):
        self.blobs[sha256(body)] = body
        return {"digest": "sha256:" + sha256(body), "size": len(body)}

    def layer(self, kind, path):
        return {"mediaType": kind, "digest": "sha256:" + self.hub.library.digest(path),
                "size": path.stat().st_size}

    def manifest(self, folder):
        layers = []
        for name, path in self.hub.library.files(folder).items():
            model = name.startswith("model") and name.endswith(".gguf")
            if kind := self.model_type if model else self.kinds.get(name):
                layers.append(self.layer(kind, path))
        config = {"mediaType": self.config_type, **self.keep(b'{"model_format":"gguf"}')}
        return json.dumps({"schemaVersion": 2, "mediaType": self.manifest_type, "config": config,
                           "layers": layers}).encode()
