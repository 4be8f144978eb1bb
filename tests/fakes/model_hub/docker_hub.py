"""Docker Hub's registry: models as OCI artefacts, behind a token of another server."""
import json

from registry import Registry

DOCKER = "application/vnd.docker.ai."


class DockerHub(Registry):
    manifest_type = "application/vnd.oci.image.manifest.v1+json"
    config_type = DOCKER + "model.config.v0.1+json"
    files = "docker"
    kinds = {"mmproj.gguf": DOCKER + "mmproj", "license": DOCKER + "license",
             "chat_template.jinja": DOCKER + "chat.template.jinja"}
    model_type = DOCKER + "gguf.v3"

    def realm(self):
        return self.hub.addresses["tokens"] + "/token"

    def wants_token(self, model):
        return True

    def manifest(self, folder):
        body = super().manifest(folder)
        if not self.hub.library.settings(folder).get("index"):
            return body
        attestation = self.keep(b'{"mediaType":"application/json","layers":[]}')
        entries = [{"mediaType": self.manifest_type, **attestation,
                    "annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
                   {"mediaType": self.manifest_type, **self.keep(body)}]
        return json.dumps({"schemaVersion": 2, "manifests": entries,
                           "mediaType": "application/vnd.oci.image.index.v1+json"}).encode()
