"""The servers that know nothing of models: files, tokens, and the tests' own."""
import json
import mimetypes
import os
import re

from library import is_signed
from serving import Reply, document, not_found

TOKEN = "registry-token"


class Cdn:
    """/lfs/DIGEST and /blobs/DIGEST, for those whom a hub has sent."""

    def __init__(self, hub):
        self.hub = hub

    def answer(self, request):
        # As S3 does: an URL that is signed and a header that wants to be are one too many.
        if "authorization" in request.headers:
            return document({"error": "only one auth mechanism allowed"}, 400)
        if not is_signed(request.path, request.query):
            return document({"error": "AccessDenied"}, 403)
        digest = request.parts[-1]
        path = self.hub.library.with_digest(digest)
        if path is None:
            return not_found()
        return Reply(200, {"ETag": f'"{digest}"', "Content-Type": "application/octet-stream"},
                     file=path)


class Tokens:
    """/token gives everybody a token that every registry here takes."""

    def __init__(self, hub):
        self.hub = hub

    def answer(self, request):
        if request.path != "/token":
            return not_found()
        return document({"token": TOKEN, "access_token": TOKEN, "expires_in": 300})


class Web:
    """The files of web/, with a strong ETag."""

    def __init__(self, hub):
        self.hub = hub

    def answer(self, request):
        path = self.hub.library.find("web", *request.parts)
        if path is None or not path.is_file():
            return not_found()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        status = os.stat(path)
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        return Reply(200, {"ETag": tag, "Content-Type": kind}, file=path)


class Admin:
    """/seen and /faults."""

    def __init__(self, hub):
        self.hub = hub

    def answer(self, request):
        what = (request.method, request.path)
        if what == ("GET", "/seen"):
            return document(self.hub.seen.report())
        if what == ("GET", "/faults"):
            return document(self.hub.faults.listed())
        if what == ("DELETE", "/seen"):
            self.hub.seen.clear()
            return document({})
        if what == ("DELETE", "/faults"):
            self.hub.faults.clear()
            return document({})
        if what == ("POST", "/faults"):
            try:
                self.hub.faults.add(json.loads(request.body))
            except (ValueError, AttributeError, re.error) as wrong:
                return document({"error": str(wrong)}, 400)
            return document({})
        return not_found()
