"""A steady flow of events at a stated rate, whatever the service answers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from types import TracebackType

from .errors import BenchError
from .http_client import Connection, Response

# As long as the time that replaces it: 2026-11-21 07:38:00.123
MARK = b"0000-00-00 00:00:00.000"
CONNECTIONS = 8


class Flow:
    """Posts batches in turn, each due at its own time, with the time of sending for `MARK`.

    Batches that are refused with 503 are counted; any other answer but 200 is an error.
    """

    def __init__(self, host: str, port: int, batches: Sequence[bytes], batch_size: int, rate: int) -> None:
        self._batches = batches
        self._pause = batch_size / rate
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._next = 0
        self._began = 0.0
        self._failures: list[Exception] = []
        self._threads = [
            threading.Thread(target=self._post, args=(host, port), daemon=True) for _ in range(CONNECTIONS)
        ]
        self.stored_events = 0
        self.refused_batches = 0
        self.seconds = 0.0
        self.own_cpu_seconds = 0.0

    def __enter__(self) -> Flow:
        self._began = time.monotonic()
        self._cpu_began = _cpu_seconds()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._began
        self.own_cpu_seconds = _cpu_seconds() - self._cpu_began
        if self._failures:
            raise self._failures[0]

    def _post(self, host: str, port: int) -> None:
        try:
            with Connection(host, port) as connection:
                while not self._stop.is_set():
                    number, due = self._take()
                    if self._stop.wait(max(0.0, due - time.monotonic())):
                        return
                    batch = self._batches[number % len(self._batches)]
                    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
                    self._count(connection.exchange(batch.replace(MARK, now.encode())))
        except Exception as error:  # Raised again by the thread that waits.
            self._failures.append(error)
            self._stop.set()

    def _take(self) -> tuple[int, float]:
        """The next batch, and when it is due; a flow that lags makes up for nothing."""
        with self._lock:
            number = self._next
            self._next += 1
            due = self._began + number * self._pause
            late = time.monotonic() - due
            if late > 1:
                self._began += late
            return number, due

    def _count(self, response: Response) -> None:
        if response.status not in (200, 503):
            raise BenchError(f"the load was answered {response.status}: {response.body[:500]!r}")
        with self._lock:
            if response.status == 200:
                self.stored_events += int(str(response.json()["stored"]))
            else:
                self.refused_batches += 1


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system
