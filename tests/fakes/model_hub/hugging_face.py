"""The Hugging Face hub: its API and its /resolve/ addresses."""
import hashlib
import urllib.parse

from library import signed
from serving import Reply, document, not_found, redirect

READER, STRANGER = "Bearer hf_reader", "Bearer hf_stranger"
PAGE = 1000


def refused(status, code, words):
    return document({"error": words}, status, {"X-Error-Code": code, "X-Error-Message": words})


class Repository:
    """A folder as the hub sees it: files with sizes and digests, at one commit."""

    def __init__(self, library, folder, name):
        self.library, self.name = library, name
        self.settings = library.settings(folder)
        self.files = library.files(folder)
        state = "".join(f"{path} {self.digest(path)}\n" for path in self.files)
        self.commit = hashlib.sha1(state.encode()).hexdigest()

    def digest(self, path):
        return self.library.digest(self.files[path])

    def is_large(self, path):
        return path.endswith(".gguf") and path not in self.settings.get("plain", [])

    def blob_id(self, path):
        return hashlib.sha1(self.digest(path).encode()).hexdigest()

    def sibling(self, path):
        size = self.files[path].stat().st_size
        entry = {"rfilename": path}
        if self.settings.get("sizes", True):
            entry.update(size=size, blobId=self.blob_id(path))
            if self.is_large(path):
                entry["lfs"] = {"sha256": self.digest(path), "size": size, "pointerSize": 134}
        return entry

    def tree_entry(self, path):
        size = self.files[path].stat().st_size
        entry = {"type": "file", "oid": self.blob_id(path), "size": size, "path": path}
        if self.is_large(path):
            entry["lfs"] = {"oid": self.digest(path), "size": size, "pointerSize": 134}
        return entry

    def info(self, with_blobs):
        siblings = [self.sibling(path) if with_blobs else {"rfilename": path}
                    for path in self.files]
        info = {"_id": "0", "id": self.name, "modelId": self.name, "sha": self.commit,
                "private": self.settings.get("private", False),
                "gated": self.settings.get("gated", False),
                "cardData": self.settings.get("cardData", {"license": "apache-2.0"}),
                "siblings": siblings}
        if not self.settings.get("siblings", True):
            del info["siblings"]
        return info


class HuggingFace:
    def __init__(self, hub):
        self.hub = hub

    def answer(self, request):
        parts = request.parts
        if parts == ["api", "models"]:
            return self.search(request)
        if parts[:2] == ["api", "models"] and len(parts) >= 4:
            owner, name, *rest = parts[2:]
            answer = self.api
        elif len(parts) >= 5 and parts[2] == "resolve":
            owner, name, _, *rest = parts
            answer = self.resolve
        else:
            return not_found()
        folder = self.hub.library.find("hugging_face", owner, name)
        token = request.headers.get("authorization")
        if stop := self.stop(folder, token):
            return stop
        return answer(request, Repository(self.hub.library, folder, f"{owner}/{name}"), rest)

    def stop(self, folder, token):
        """The answer to whoever may not even know that it is there."""
        if token not in (None, READER, STRANGER):
            return document({"error": "Invalid credentials in Authorization header"}, 401)
        hidden = folder and self.hub.library.settings(folder).get("private") and token != READER
        if folder is None or hidden:
            return refused(401 if token is None else 404, "RepoNotFound", "Repository not found")
        return None

    def search(self, request):
        """Repositories whose names have all the words, the most downloaded first; hub.json says
        how often, and what else a listing has."""
        token = request.headers.get("authorization")
        if token not in (None, READER, STRANGER):
            return document({"error": "Invalid credentials in Authorization header"}, 401)
        words = request.query.get("search", "").lower().split()
        found = []
        for folder in sorted(self.hub.library.folder.glob("hugging_face/*/*")):
            name = f"{folder.parent.name}/{folder.name}"
            settings = self.hub.library.settings(folder)
            hidden = settings.get("private") and token != READER
            if hidden or not all(word in name.lower() for word in words):
                continue
            found.append({"_id": "0", "id": name, "downloads": settings.get("downloads", 0),
                          "likes": settings.get("likes", 0),
                          "lastModified": settings.get("lastModified", "2026-11-20T10:00:00.000Z"),
                          "gated": settings.get("gated", False)})
        found.sort(key=lambda model: -model["downloads"])
        return document(found[:int(request.query.get("limit", 1000))])

    @staticmethod
    def take_revision(repository, rest):
        """Whether the path goes on with a revision, and what is behind it."""
        for revision in ("main", "refs/pr/1", repository.commit):
            words = revision.split("/")
            if rest[:len(words)] == words:
                return True, rest[len(words):]
        return False, rest

    def api(self, request, repository, rest):
        kind, *rest = rest or ["revision", "main"]
        known, _ = self.take_revision(repository, rest)
        if kind not in ("revision", "tree"):
            return not_found()
        if not known:
            return refused(404, "RevisionNotFound", "Invalid rev id")
        if kind == "revision":
            return document(repository.info("blobs" in request.query))
        return self.tree(request, repository)

    def tree(self, request, repository):
        size = repository.settings.get("page", PAGE)
        first = int(request.query.get("cursor", 0))
        paths = list(repository.files)
        headers = {}
        if first + size < len(paths):
            query = urllib.parse.urlencode({**request.query, "cursor": first + size})
            url = f"{self.hub.addresses['hugging_face']}{request.path}?{query}"
            headers["Link"] = f'<{url}>; rel="next"'
        entries = [repository.tree_entry(path) for path in paths[first:first + size]]
        return document(entries, headers=headers)

    def resolve(self, request, repository, rest):
        known, rest = self.take_revision(repository, rest)
        path = "/".join(rest)
        if not known:
            return refused(404, "RevisionNotFound", "Invalid rev id")
        token = request.headers.get("authorization")
        if repository.settings.get("gated") and token != READER:
            return refused(401 if token is None else 403, "GatedRepo", "Access is restricted")
        if path not in repository.files:
            return refused(404, "EntryNotFound", "Entry not found")
        headers = {"X-Repo-Commit": repository.commit}
        if not repository.is_large(path):
            headers["ETag"] = f'"{repository.blob_id(path)}"'
            return Reply(200, headers, file=repository.files[path])
        digest = repository.digest(path)
        headers.update({"X-Linked-Size": str(repository.files[path].stat().st_size),
                        "X-Linked-ETag": f'"{digest}"', "ETag": f'"{digest}"'})
        return redirect(signed(self.hub.addresses["cdn"], f"/lfs/{digest}"), 302, headers)
