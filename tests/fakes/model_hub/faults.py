"""What goes wrong, and when. A fault is a JSON object, set by POST /faults of the admin server (one
or a list of them); DELETE /faults forgets all and lets go whoever was stalled.

    server   whose: "cdn", "registry", …; absent: everybody's but the admin's
    method   "GET" or "HEAD"; absent: any
    path     a regular expression that is searched in the path with its query; absent: any
    skip     so many requests that fit pass unharmed first; 0
    times    then so many are harmed; 1. 0: all
    do       what:

    status        the answer is {"status": 503}, with {"headers": {"Retry-After": "1"}}
    redirect      …or leads {"to": URL} with {"status": 302}
    realm         …or is 401 and sends the client to {"realm": URL}; absent: the tokens server
    bomb          …or is gzip that becomes {"bytes": N} of zeros
    cut           the connection ends behind {"bytes": N} of the body; {"reset": true}: with RST
    stall         nothing comes behind {"bytes": N}, until the faults are forgotten
    trickle       {"bytes_per_second": N}
    size          the size is said to be {"add": N} more (or less) than it is, in all headers
    corrupt       the byte {"at": N} of the file has another value, wherever a range has it
    ignore_range  the whole file comes with 200
    content       the file is {"file": PATH} of the folder instead, with its ETag
    headers       {"headers": {NAME: VALUE}} are put over the real ones; null: left out
    replace       in a document {"old": REGULAR EXPRESSION} becomes {"new": TEXT}
"""
import re
import threading

KINDS = {"status", "redirect", "realm", "bomb", "cut", "stall", "trickle", "size", "corrupt",
         "ignore_range", "content", "headers", "replace"}


class Faults:
    def __init__(self):
        self.lock = threading.Lock()
        self.faults = []
        self.released = threading.Event()

    def add(self, faults):
        for fault in faults if isinstance(faults, list) else [faults]:
            if fault.get("do") not in KINDS:
                raise ValueError(f"there is no fault {fault.get('do')!r}")
            re.compile(fault.get("path", ""))
            with self.lock:
                self.faults.append(dict(fault, done=0))

    def clear(self):
        with self.lock:
            self.faults = []
            self.released.set()
            self.released = threading.Event()

    def listed(self):
        with self.lock:
            return [dict(fault) for fault in self.faults]

    def take(self, server, method, path):
        """Those that harm this request, by what they do; each is counted."""
        taken = {}
        with self.lock:
            for fault in self.faults:
                if not self._fits(fault, server, method, path):
                    continue
                fault["done"] += 1
                late = fault["done"] - fault.get("skip", 0)
                if late >= 1 and (fault.get("times", 1) == 0 or late <= fault.get("times", 1)):
                    taken[fault["do"]] = dict(fault, released=self.released)
        return taken

    @staticmethod
    def _fits(fault, server, method, path):
        return (fault.get("server", server) == server and fault.get("method", method) == method
                and re.search(fault.get("path", ""), path) is not None)
