"""The files of the folder, their digests, and the URLs of the cdn that lead to them."""
import hashlib
import hmac
import json
import os
import threading
import time

BLOCK = 1 << 20
SECRET = os.urandom(32)
URL_SECONDS = 3600


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Library:
    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.digests = {}
        self.by_digest = {}

    def find(self, *parts):
        """A path within the folder; None when it is not there or leads elsewhere."""
        path = self.folder.joinpath(*parts)
        return path if ".." not in parts and path.exists() else None

    def settings(self, folder):
        path = folder / "hub.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def files(self, folder):
        """All files below a folder by their relative paths, without settings."""
        found = {str(path.relative_to(folder)): path for path in folder.rglob("*")
                 if path.is_file()}
        found.pop("hub.json", None)
        return dict(sorted(found.items()))

    def digest(self, path):
        """In hexadecimal digits; read again only when the file has changed."""
        status = path.stat()
        key = (str(path), status.st_size, status.st_mtime_ns)
        with self.lock:
            if key not in self.digests:
                whole = hashlib.sha256()
                with open(path, "rb") as file:
                    while block := file.read(BLOCK):
                        whole.update(block)
                self.digests[key] = whole.hexdigest()
                self.by_digest[whole.hexdigest()] = path
            return self.digests[key]

    def with_digest(self, digest):
        with self.lock:
            return self.by_digest.get(digest)


def signature(path, expires):
    return hmac.new(SECRET, f"{path} {expires}".encode(), "sha256").hexdigest()


def signed(base, path):
    """An URL that holds for an hour, as the stores behind hubs give them."""
    expires = int(time.time()) + URL_SECONDS
    return f"{base}{path}?Expires={expires}&Signature={signature(path, expires)}"


def is_signed(path, query):
    expires = query.get("Expires", "0")
    right = hmac.compare_digest(query.get("Signature", ""), signature(path, expires))
    return right and expires.isdigit() and int(expires) >= time.time()
