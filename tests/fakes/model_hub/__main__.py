#!/usr/bin/env python3
"""Hubs of models on loopback, for tests: they behave like the real ones until they are told not to.

    python3 tests/fakes/model_hub FOLDER

prints one line of JSON with the addresses of its servers, each on a free port, and ends when its
standard input does. Nothing but Python's own library is needed.

    hugging_face  the hub: /api/models/…, /OWNER/REPOSITORY/resolve/… (302 to the cdn)
    cdn           what redirects lead to: signed URLs, ranges, ETags; refuses Authorization with 400
    registry      Ollama's protocol: manifests, blobs (307 to the cdn), /token
    docker        Docker Hub's registry: the same with OCI media types, always behind a token
    tokens        the token server of docker; elsewhere, for the registry
    web           plain files with ranges
    admin         GET and DELETE /seen, GET, POST and DELETE /faults (faults.py lists them)

What there is, is what the folder has when it is asked:

    hugging_face/OWNER/REPOSITORY/…        any files; .gguf files are kept by LFS. hub.json beside
                                           them: {"gated": "manual", "private": true, "plain":
                                           ["x.gguf"], "siblings": false, "sizes": false, "page": 2,
                                           "cardData": {…}}
    registry/SPACE/MODEL/TAG/…             model*.gguf, projector.gguf, adapter.gguf, template,
                                           system, params, messages, license; hub.json beside TAG:
                                           {"token": true}
    docker/SPACE/MODEL/TAG/…               model*.gguf, mmproj.gguf, chat_template.jinja, license;
                                           hub.json beside them: {"index": true}
    web/…                                  anything

Tokens of the hub: hf_reader has accepted all terms, hf_stranger none, others are refused with 401.
"""
import json
import pathlib
import sys

sys.dont_write_bytecode = True

from docker_hub import DockerHub
from faults import Faults
from hugging_face import HuggingFace
from library import Library
from plain import Admin, Cdn, Tokens, Web
from registry import Registry
from serving import Seen, start

FACES = {"hugging_face": HuggingFace, "cdn": Cdn, "registry": Registry, "docker": DockerHub,
         "tokens": Tokens, "web": Web, "admin": Admin}


class Hub:
    """What all servers share: the files, the faults, what was seen, and where each of them is."""

    def __init__(self, folder):
        self.library = Library(folder)
        self.faults = Faults()
        self.seen = Seen()
        self.addresses = {}


def main():
    hub = Hub(pathlib.Path(sys.argv[1]))
    for name, face in FACES.items():
        hub.addresses[name] = start(name, face(hub), hub)
    print(json.dumps(hub.addresses), flush=True)
    sys.stdin.buffer.read()
    hub.faults.clear()  # whoever was made to wait goes on, and the process can end


main()
