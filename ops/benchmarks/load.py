"""Posts prepared requests over several keep-alive connections as fast as they are answered."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import BenchError
from .http_client import Connection, request_bytes

MEDIA_TYPE = "application/x-ndjson"


@dataclass(frozen=True)
class Posted:
    """What became of all events, and the wall time from the first byte to the last answer."""

    stored: int
    duplicates: int
    quarantined: int
    seconds: float


def batches(events: Sequence[bytes], size: int, key: str) -> list[bytes]:
    """The events as requests of `size` lines each."""
    headers = {"Content-Type": MEDIA_TYPE, "Authorization": f"Bearer {key}"}
    return [
        request_bytes("POST", "/api/events", headers, b"\n".join(events[start : start + size]) + b"\n")
        for start in range(0, len(events), size)
    ]


def post_all(host: str, port: int, requests: Sequence[bytes], connections: int = 8) -> Posted:
    """Sends each request once. Any answer but 200 is an error: a benchmark must not shed load."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for request in requests:
        waiting.put(request)
    workers = [_Worker(host, port, waiting) for _ in range(connections)]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.monotonic() - began
    for worker in workers:
        if worker.failure is not None:
            raise worker.failure
    stored, duplicates, quarantined = (sum(w.counts[i] for w in workers) for i in range(3))
    return Posted(stored, duplicates, quarantined, seconds)


class _Worker(threading.Thread):
    def __init__(self, host: str, port: int, waiting: queue.SimpleQueue[bytes]) -> None:
        super().__init__(daemon=True)
        self._connection = Connection(host, port)
        self._waiting = waiting
        self.counts = [0, 0, 0]
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            with self._connection:
                self._post_until_empty()
        except Exception as error:  # Handed to the thread that waits for this one.
            self.failure = error

    def _post_until_empty(self) -> None:
        while True:
            try:
                request = self._waiting.get_nowait()
            except queue.Empty:
                return
            response = self._connection.exchange(request)
            if response.status != 200:
                raise BenchError(f"a batch was answered {response.status}: {response.body[:500]!r}")
            receipt = response.json()
            for index, name in enumerate(("stored", "duplicates", "quarantined")):
                self.counts[index] += int(str(receipt[name]))
