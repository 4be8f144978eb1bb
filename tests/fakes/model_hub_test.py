#!/usr/bin/env python3
"""The stand-ins for hubs behave as the real ones do, and each fault does what faults.py says."""
import gzip
import hashlib
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

HUB = pathlib.Path(__file__).resolve().parent / "model_hub"
MODEL = bytes(range(256)) * 1024
DIGEST = hashlib.sha256(MODEL).hexdigest()
READER = {"Authorization": "Bearer hf_reader"}
STRANGER = {"Authorization": "Bearer hf_stranger"}


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    def json(self):
        return json.loads(self.body)


def ask(url, method="GET", headers=None, body=None):
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    try:
        target = address.path + ("?" + address.query if address.query else "")
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return Answer(response, response.read())
    finally:
        connection.close()


class ModelHub(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        files = {"hugging_face/o/r/m-q8_0.gguf": MODEL, "hugging_face/o/r/README.md": b"words",
                 "hugging_face/o/gated/m.gguf": MODEL,
                 "hugging_face/o/gated/hub.json": b'{"gated": "manual"}',
                 "hugging_face/o/private/m.gguf": MODEL,
                 "hugging_face/o/private/hub.json": b'{"private": true}',
                 "hugging_face/o/pages/a.gguf": b"a", "hugging_face/o/pages/b.gguf": b"b",
                 "hugging_face/o/pages/hub.json": b'{"page": 1, "siblings": false}',
                 "registry/library/x/tag/model.gguf": MODEL,
                 "registry/library/x/tag/system": b"Be kind.",
                 "registry/me/locked/tag/model.gguf": MODEL,
                 "registry/me/locked/hub.json": b'{"token": true}',
                 "docker/ai/x/latest/model.gguf": MODEL,
                 "docker/ai/x/index/model.gguf": MODEL,
                 "docker/ai/x/index/hub.json": b'{"index": true}',
                 "web/m.gguf": MODEL, "web/other.gguf": b"other", "web/page.html": b"<html>"}
        for path, content in files.items():
            place = cls.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        cls.process = subprocess.Popen([sys.executable, str(HUB), str(cls.folder)],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cls.at = json.loads(cls.process.stdout.readline())

    @classmethod
    def tearDownClass(cls):
        cls.process.stdin.close()
        ended = cls.process.wait(10)
        cls.process.stdout.close()
        cls.temporary.cleanup()
        assert ended == 0, "it ends when its standard input does"

    def setUp(self):
        for what in ("/faults", "/seen"):
            ask(self.at["admin"] + what, "DELETE")

    def fault(self, do, **more):
        answer = ask(self.at["admin"] + "/faults", "POST", body=json.dumps({"do": do, **more}))
        self.assertEqual(answer.status, 200, answer.body)

    def web(self, headers=None, method="GET"):
        return ask(self.at["web"] + "/m.gguf", method, headers)

    # The Hugging Face hub and its cdn

    def search(self, query, headers=None):
        return ask(f"{self.at['hugging_face']}/api/models?{query}", headers=headers)

    def test_a_search_lists_what_has_all_words_and_may_be_seen(self):
        names = [model["id"] for model in self.search("search=o%2F+PAGES&filter=gguf").json()]
        self.assertEqual(names, ["o/pages"])
        everything = [model["id"] for model in self.search("search=o%2F").json()]
        self.assertIn("o/gated", everything)
        self.assertNotIn("o/private", everything)
        with_token = self.search("search=private", READER).json()
        self.assertEqual([model["id"] for model in with_token], ["o/private"])
        self.assertEqual(len(self.search("search=o&limit=1").json()), 1)
        self.assertEqual(self.search("search=o", {"Authorization": "Bearer x"}).status, 401)

    def test_the_api_lists_files_with_sizes_and_digests(self):
        info = ask(self.at["hugging_face"] + "/api/models/o/r/revision/main?blobs=true").json()
        files = {file["rfilename"]: file for file in info["siblings"]}
        self.assertEqual(files["m-q8_0.gguf"]["lfs"]["sha256"], DIGEST)
        self.assertEqual(files["m-q8_0.gguf"]["size"], len(MODEL))
        self.assertNotIn("lfs", files["README.md"])
        for revision in (info["sha"], "refs%2Fpr%2F1"):
            url = self.at["hugging_face"] + f"/api/models/o/r/revision/{revision}"
            self.assertEqual(ask(url).json()["sha"], info["sha"])
        wrong = ask(self.at["hugging_face"] + "/api/models/o/r/revision/nothing")
        self.assertEqual((wrong.status, wrong.headers["X-Error-Code"]), (404, "RevisionNotFound"))

    def test_a_file_is_fetched_from_the_cdn_by_a_signed_url(self):
        led = ask(self.at["hugging_face"] + "/o/r/resolve/main/m-q8_0.gguf", "HEAD")
        self.assertEqual(led.status, 302)
        self.assertEqual(led.headers["X-Linked-Size"], str(len(MODEL)))
        self.assertEqual(led.headers["X-Linked-ETag"], f'"{DIGEST}"')
        url = led.headers["Location"]
        self.assertTrue(url.startswith(self.at["cdn"] + "/"))
        self.assertEqual(ask(url).body, MODEL)
        part = ask(url, headers={"Range": "bytes=300-599"})
        self.assertEqual((part.status, part.body), (206, MODEL[300:600]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 300-599/{len(MODEL)}")
        self.assertEqual(ask(url, headers=READER).status, 400)
        self.assertEqual(ask(url.split("?")[0]).status, 403)
        self.assertEqual(ask(url[:-4] + "0000").status, 403)

    def test_a_small_file_comes_from_the_hub_itself(self):
        answer = ask(self.at["hugging_face"] + "/o/r/resolve/main/README.md")
        self.assertEqual((answer.status, answer.body), (200, b"words"))
        missing = ask(self.at["hugging_face"] + "/o/r/resolve/main/none.gguf")
        self.assertEqual((missing.status, missing.headers["X-Error-Code"]), (404, "EntryNotFound"))

    def test_gated_and_private_models_want_the_right_token(self):
        def of(url, headers=None):
            answer = ask(self.at["hugging_face"] + url, headers=headers)
            return answer.status, answer.headers["X-Error-Code"]
        gated, private = "/o/gated/resolve/main/m.gguf", "/api/models/o/private"
        self.assertEqual(of("/api/models/o/gated"), (200, None))
        self.assertEqual(of(gated), (401, "GatedRepo"))
        self.assertEqual(of(gated, STRANGER), (403, "GatedRepo"))
        self.assertEqual(of(gated, READER), (302, None))
        self.assertEqual(of(private), (401, "RepoNotFound"))
        self.assertEqual(of(private, STRANGER), (404, "RepoNotFound"))
        self.assertEqual(of(private, READER), (200, None))
        self.assertEqual(of("/api/models/o/r", {"Authorization": "Bearer no"}), (401, None))
        self.assertEqual(of("/api/models/o/nothing"), (401, "RepoNotFound"))

    def test_the_tree_comes_in_pages(self):
        info = ask(self.at["hugging_face"] + "/api/models/o/pages/revision/main").json()
        self.assertNotIn("siblings", info)
        url = self.at["hugging_face"] + "/api/models/o/pages/tree/main?recursive=true"
        first = ask(url)
        self.assertEqual([entry["path"] for entry in first.json()], ["a.gguf"])
        url = first.headers["Link"].split(">")[0][1:]
        second = ask(url)
        self.assertEqual([entry["path"] for entry in second.json()], ["b.gguf"])
        self.assertNotIn("Link", second.headers)

    # Registries

    def test_a_registry_has_manifests_and_blobs(self):
        base = self.at["registry"] + "/v2/library/x"
        answer = ask(base + "/manifests/tag")
        layers = {layer["mediaType"].split(".")[-1]: layer for layer in answer.json()["layers"]}
        self.assertEqual(layers["model"]["digest"], "sha256:" + DIGEST)
        self.assertEqual(answer.headers["Docker-Content-Digest"],
                         "sha256:" + hashlib.sha256(answer.body).hexdigest())
        self.assertEqual(ask(base + "/blobs/" + layers["system"]["digest"]).body, b"Be kind.")
        led = ask(base + "/blobs/sha256:" + DIGEST)
        self.assertEqual(led.status, 307)
        self.assertEqual(ask(led.headers["Location"]).body, MODEL)
        self.assertEqual(ask(base + "/manifests/other").status, 404)
        self.assertEqual(ask(base + "/blobs/sha256:../../x").status, 404)

    def test_a_token_is_wanted_where_it_is_said_so(self):
        for server, url, tokens in (("registry", "/v2/me/locked/manifests/tag", "registry"),
                                    ("docker", "/v2/ai/x/manifests/latest", "tokens")):
            refusal = ask(self.at[server] + url)
            self.assertEqual(refusal.status, 401)
            realm = refusal.headers["WWW-Authenticate"].split('realm="')[1].split('"')[0]
            self.assertEqual(realm, self.at[tokens] + "/token")
            token = ask(realm + "?service=registry&scope=x").json()["token"]
            headers = {"Authorization": "Bearer " + token}
            self.assertEqual(ask(self.at[server] + url, headers=headers).status, 200)

    def test_an_index_leads_to_its_manifests(self):
        headers = {"Authorization": "Bearer registry-token"}
        base = self.at["docker"] + "/v2/ai/x/manifests/"
        index = ask(base + "index", headers=headers).json()
        last = ask(base + index["manifests"][-1]["digest"], headers=headers).json()
        self.assertEqual(last["layers"][0]["mediaType"], "application/vnd.docker.ai.gguf.v3")

    # The web

    def test_ranges_are_those_of_http(self):
        whole = self.web()
        self.assertEqual((whole.status, whole.body), (200, MODEL))
        for asked, first, last in (("0-0", 0, 0), ("-5", len(MODEL) - 5, len(MODEL) - 1),
                                   (f"{len(MODEL) - 1}-", len(MODEL) - 1, len(MODEL) - 1)):
            part = self.web({"Range": "bytes=" + asked})
            self.assertEqual((part.status, part.body), (206, MODEL[first:last + 1]))
        beyond = self.web({"Range": f"bytes={len(MODEL)}-"})
        self.assertEqual((beyond.status, beyond.headers["Content-Range"]),
                         (416, f"bytes */{len(MODEL)}"))
        same = {"Range": "bytes=0-0", "If-Range": whole.headers["ETag"]}
        self.assertEqual(self.web(same).status, 206)
        self.assertEqual(self.web({"Range": "bytes=0-0", "If-Range": '"old"'}).status, 200)
        head = self.web(method="HEAD")
        self.assertEqual((head.headers["Content-Length"], head.body), (str(len(MODEL)), b""))
        page = ask(self.at["web"] + "/page.html")
        self.assertEqual(page.headers["Content-Type"], "text/html")
        self.assertEqual(ask(self.at["web"] + "/../hugging_face/o/r/README.md").status, 404)

    # What is seen

    def test_every_request_is_kept_with_its_headers(self):
        self.web({"Authorization": "Bearer secret"})
        self.web(method="HEAD")
        seen = ask(self.at["admin"] + "/seen").json()
        self.assertEqual(seen["counts"], {"web GET /m.gguf": 1, "web HEAD /m.gguf": 1})
        self.assertEqual(seen["requests"][0]["headers"]["authorization"], "Bearer secret")
        self.assertNotIn("authorization", seen["requests"][1]["headers"])
        self.assertEqual([request["status"] for request in seen["requests"]], [200, 200])

    # Faults

    def test_a_fault_has_its_time_and_place(self):
        self.fault("status", status=503, server="web", path=r"m\.gguf$", method="GET", skip=1,
                   times=2)
        self.assertEqual(self.web(method="HEAD").status, 200)
        self.assertEqual(ask(self.at["web"] + "/other.gguf").status, 200)
        self.assertEqual([self.web().status for _ in range(4)], [200, 503, 503, 200])
        self.fault("status", status=500, times=0)
        self.assertEqual([self.web().status for _ in range(3)], [500, 500, 500])
        ask(self.at["admin"] + "/faults", "DELETE")
        self.assertEqual(self.web().status, 200)

    def test_a_fault_that_there_is_not_is_refused(self):
        for body in ('{"do": "nothing"}', "[5]", "{", '{"do": "cut", "path": "("}'):
            answer = ask(self.at["admin"] + "/faults", "POST", body=body)
            self.assertEqual(answer.status, 400, body)

    def test_statuses_come_with_their_headers(self):
        for status in (416, 429, 500, 503):
            self.fault("status", status=status, headers={"Retry-After": "7"})
            answer = self.web()
            self.assertEqual((answer.status, answer.headers["Retry-After"]), (status, "7"))

    def test_redirects_lead_elsewhere(self):
        self.fault("redirect", to="http://127.0.0.1:1/x", status=307)
        answer = self.web()
        self.assertEqual((answer.status, answer.headers["Location"]), (307, "http://127.0.0.1:1/x"))

    def test_a_realm_is_elsewhere(self):
        self.fault("realm", server="registry")
        answer = ask(self.at["registry"] + "/v2/library/x/manifests/tag")
        self.assertEqual(answer.status, 401)
        self.assertIn(self.at["tokens"], answer.headers["WWW-Authenticate"])

    def test_a_bomb_is_small_and_becomes_large(self):
        self.fault("bomb", bytes=(5 << 20) + 3)
        answer = self.web()
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assertLess(len(answer.body), 100_000)
        self.assertEqual(len(gzip.decompress(answer.body)), (5 << 20) + 3)

    def test_a_connection_is_cut(self):
        self.fault("cut", bytes=1000)
        with self.assertRaises(http.client.IncompleteRead) as cut:
            self.web()
        self.assertEqual(cut.exception.partial, MODEL[:1000])
        self.fault("cut", bytes=10, reset=True)
        with self.assertRaises((http.client.IncompleteRead, ConnectionResetError)):
            self.web()

    def test_nothing_comes_any_more_until_the_faults_are_forgotten(self):
        self.fault("stall", bytes=5)
        address = urllib.parse.urlsplit(self.at["web"]).netloc
        connection = http.client.HTTPConnection(address, timeout=0.3)
        connection.request("GET", "/m.gguf")
        response = connection.getresponse()
        self.assertEqual(response.read(5), MODEL[:5])
        with self.assertRaises(TimeoutError):
            response.read(1)
        connection.close()
        self.fault("stall", bytes=0)
        connection = http.client.HTTPConnection(address, timeout=10)
        connection.request("GET", "/m.gguf")
        response = connection.getresponse()
        ask(self.at["admin"] + "/faults", "DELETE")
        with self.assertRaises(http.client.IncompleteRead):
            response.read()
        connection.close()

    def test_bytes_come_slowly(self):
        self.fault("trickle", bytes_per_second=10 * len(MODEL))
        started = time.monotonic()
        self.assertEqual(self.web().body, MODEL)
        self.assertGreater(time.monotonic() - started, 0.09)

    def test_a_size_is_not_the_real_one(self):
        self.fault("size", add=5)
        with self.assertRaises(http.client.IncompleteRead):
            self.web()
        self.fault("size", add=-5)
        self.assertEqual(self.web().body, MODEL[:-5])
        self.fault("size", add=7, method="HEAD", times=2)
        self.assertEqual(self.web(method="HEAD").headers["Content-Length"], str(len(MODEL) + 7))
        led = ask(self.at["hugging_face"] + "/o/r/resolve/main/m-q8_0.gguf", "HEAD")
        self.assertEqual(led.headers["X-Linked-Size"], str(len(MODEL) + 7))

    def test_one_byte_is_wrong_wherever_a_range_has_it(self):
        self.fault("corrupt", at=70_000, times=0)
        wrong = bytearray(MODEL)
        wrong[70_000] ^= 0xFF
        self.assertEqual(self.web().body, wrong)
        self.assertEqual(self.web({"Range": "bytes=69999-70001"}).body, wrong[69_999:70_002])
        self.assertEqual(self.web({"Range": "bytes=0-9"}).body, MODEL[:10])

    def test_ranges_are_ignored(self):
        self.fault("ignore_range")
        answer = self.web({"Range": "bytes=5-6"})
        self.assertEqual((answer.status, answer.body), (200, MODEL))
        self.assertNotIn("Accept-Ranges", answer.headers)

    def test_the_content_becomes_another(self):
        before = self.web().headers["ETag"]
        self.fault("content", file="web/other.gguf")
        answer = self.web()
        self.assertEqual(answer.body, b"other")
        self.assertNotEqual(answer.headers["ETag"], before)

    def test_headers_are_put_over_the_real_ones(self):
        self.fault("headers", headers={"ETag": '"new"', "Accept-Ranges": None, "X-New": "1"})
        answer = self.web()
        self.assertEqual((answer.headers["ETag"], answer.headers["X-New"]), ('"new"', "1"))
        self.assertNotIn("Accept-Ranges", answer.headers)

    def test_a_digest_becomes_another_one(self):
        self.fault("replace", server="registry", old="sha256:[0-9a-f]{64}",
                   new="sha256:../../../etc/passwd")
        answer = ask(self.at["registry"] + "/v2/library/x/manifests/tag")
        self.assertEqual(answer.json()["layers"][0]["digest"], "sha256:../../../etc/passwd")
        self.assertEqual(answer.headers["Docker-Content-Digest"],
                         "sha256:" + hashlib.sha256(answer.body).hexdigest())


if __name__ == "__main__":
    unittest.main()
