"""How an answer goes out: ranges, and all that faults do to it."""
import gzip
import os
import pathlib
import re
import socket
import struct
import time
from dataclasses import dataclass

from library import sha256

BLOCK = 64 * 1024
BOMB_BLOCK = 1 << 20


@dataclass
class Span:
    first: int = 0
    count: int = 0     # how many bytes are there to send
    promised: int = 0  # how many the head says


def instead(request, faults, hub):
    """The answer that a fault gives in place of the face's; None when there is no such fault."""
    from serving import Reply
    if fault := faults.get("status"):
        return Reply(fault["status"], dict(fault.get("headers", {})), b"a fault")
    if fault := faults.get("redirect"):
        return Reply(fault.get("status", 302), {"Location": fault["to"]})
    if fault := faults.get("realm"):
        realm = fault.get("realm", hub.addresses["tokens"] + "/token")
        return Reply(401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="fault"'})
    if fault := faults.get("bomb"):
        return Reply(200, {"Content-Encoding": "gzip", "Content-Type": "application/json"},
                     bomb(fault["bytes"]))
    return None


def bomb(size):
    """So many zeros, compressed: members of gzip can stand behind each other."""
    block = gzip.compress(bytes(BOMB_BLOCK), 9)
    return block * (size // BOMB_BLOCK) + gzip.compress(bytes(size % BOMB_BLOCK), 9)


def wanted_range(header, size):
    """(first, last) of a range that can be had, "none" for one that cannot, None for the whole."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header or "")
    if not match or match.groups() == ("", ""):
        return None
    if match[1] == "":
        count = min(int(match[2]), size)
        return (size - count, size - 1) if count else "none"
    first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
    return (first, last) if first <= last else "none"


def prepare(request, reply, faults, hub):
    """Completes the head, and says which bytes are behind it."""
    if (fault := faults.get("content")) and reply.file:
        reply.file = pathlib.Path(hub.library.folder, fault["file"])
        if "ETag" in reply.headers:
            reply.headers["ETag"] = f'"{hub.library.digest(reply.file)}"'
    if (fault := faults.get("replace")) and reply.file is None:
        reply.body = re.sub(fault["old"].encode(), fault["new"].encode(), reply.body)
        if "Docker-Content-Digest" in reply.headers:
            reply.headers["Docker-Content-Digest"] = "sha256:" + sha256(reply.body)
    add = faults.get("size", {}).get("add", 0)
    span = file_span(request, reply, faults, add) if reply.file else Span(0, len(reply.body))
    span.promised = span.count + add
    span.count = min(span.count, span.promised)
    reply.headers.setdefault("Content-Length", str(span.promised))
    if "X-Linked-Size" in reply.headers:
        reply.headers["X-Linked-Size"] = str(int(reply.headers["X-Linked-Size"]) + add)
    for name, value in faults.get("headers", {}).get("headers", {}).items():
        reply.headers.pop(name, None)
        if value is not None:
            reply.headers[name] = value
    return span


def file_span(request, reply, faults, add):
    size = os.stat(reply.file).st_size
    wanted = None if "ignore_range" in faults else wanted_range(request.headers.get("range"), size)
    if "ignore_range" not in faults:
        reply.headers["Accept-Ranges"] = "bytes"
    if request.headers.get("if-range", reply.headers.get("ETag")) != reply.headers.get("ETag"):
        wanted = None
    if wanted == "none":
        reply.status, reply.file = 416, None
        reply.headers["Content-Range"] = f"bytes */{size + add}"
        return Span()
    if wanted is None:
        return Span(0, size)
    reply.status = 206
    reply.headers["Content-Range"] = f"bytes {wanted[0]}-{wanted[1]}/{size + add}"
    return Span(wanted[0], wanted[1] - wanted[0] + 1)


def send(connection, reply, span, faults):
    """Whether the connection can be used for another request."""
    slow = {"cut", "stall", "trickle", "corrupt"} & faults.keys()
    if reply.file is None:
        send_slowly(connection, span, faults, lambda at, count: reply.body[at:at + count])
    else:
        with open(reply.file, "rb") as file:
            if not slow and span.count > 0:
                connection.sendfile(file, span.first, span.count)
            elif slow:
                send_slowly(connection, span, faults,
                            lambda at, count: os.pread(file.fileno(), count, at))
    if "reset" in faults.get("cut", {}):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return span.promised == span.count and "cut" not in faults and "stall" not in faults


def send_slowly(connection, span, faults, read):
    end = span.first + span.count
    for kind in ("cut", "stall"):
        if kind in faults:
            end = min(end, span.first + faults[kind].get("bytes", 0))
    rate = faults.get("trickle", {}).get("bytes_per_second")
    block = max(1, min(BLOCK, rate // 20)) if rate else BLOCK
    at, started = span.first, time.monotonic()
    while at < end:
        data = bytearray(read(at, min(block, end - at)))
        wrong = faults.get("corrupt", {}).get("at", -1) - at
        if 0 <= wrong < len(data):
            data[wrong] ^= 0xFF
        at += len(data)
        if rate:
            time.sleep(max(0, started + (at - span.first) / rate - time.monotonic()))
        connection.sendall(data)
    if "stall" in faults:
        faults["stall"]["released"].wait()
