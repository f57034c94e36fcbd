"""`latency`: from an event's commit to its incident in the list, at rest and under a steady load."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .demo import Demo
from .errors import BenchError
from .http_client import Connection, log_in, request_bytes
from .load import batches
from .material import brute_force
from .report import Comparison, percentile
from .settings import Settings

PROBES = 40
LOAD_EVENTS_A_SECOND = 5000
LOAD_BATCH = 500
POLL_SECONDS = 0.001
GIVE_UP_SECONDS = 30


def run(settings: Settings) -> list[Comparison]:
    with Demo(settings.binary, settings.root, settings.scratch) as demo:
        bench = _Latency(demo, settings.events())
        bench.probe(5)
        loaded: list[list[float]] = []
        quiet: list[list[float]] = []
        for _ in range(settings.pairs):
            with bench.background_load():
                loaded.append(bench.probe(PROBES))
            demo.wait_until_idle()
            quiet.append(bench.probe(PROBES))
    return [_comparison(percent, loaded, quiet) for percent in (50, 99)]


def _comparison(percent: int, loaded: list[list[float]], quiet: list[list[float]]) -> Comparison:
    return Comparison(
        name=f"latency p{percent}",
        ours="under load",
        reference="at rest",
        unit="ms",
        pairs=[(percentile(a, percent), percentile(b, percent)) for a, b in zip(loaded, quiet, strict=True)],
        notes={
            "probe": f"6 failed logins of a new user from a new source; {PROBES} a side and pair",
            "from, to": "the answer to the POST; the incident in GET /api/incidents, polled each ms",
            "load": f"{LOAD_EVENTS_A_SECOND} events/s in batches of {LOAD_BATCH}",
        },
    )


class _Latency:
    def __init__(self, demo: Demo, events: list[bytes]) -> None:
        self._ready = demo.ready
        self._batches = batches(events, LOAD_BATCH, demo.ready.sensor_key)
        token = log_in(self._ready.host, self._ready.port, self._ready.email, self._ready.password)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._probes = 0

    def probe(self, count: int) -> list[float]:
        """The milliseconds of `count` attacks, one after the other, each from a source of its own."""
        with Connection(self._ready.host, self._ready.port) as connection:
            return [self._probe_once(connection) for _ in range(count)]

    def _probe_once(self, connection: Connection) -> float:
        self._probes += 1
        source = f"198.19.{self._probes >> 8}.{self._probes & 255}"
        attack = batches(brute_force(source, time.time() - 5), 10, self._ready.sensor_key)[0]
        question = request_bytes("GET", f"/api/incidents?entity=ip:{source}&limit=1", self._headers)
        stored = connection.exchange(attack)
        committed = time.monotonic()
        if stored.status != 200:
            raise BenchError(f"a probe was answered {stored.status}: {stored.body[:500]!r}")
        while time.monotonic() - committed < GIVE_UP_SECONDS:
            answer = connection.exchange(question)
            if answer.status != 200:
                raise BenchError(f"the list answered {answer.status}: {answer.body[:500]!r}")
            if answer.json()["incidents"]:
                return (time.monotonic() - committed) * 1000
            time.sleep(POLL_SECONDS)
        raise BenchError(f"no incident of {source} within {GIVE_UP_SECONDS} s")

    @contextmanager
    def background_load(self) -> Iterator[None]:
        """Posts batches at the stated rate until the block ends."""
        stop = threading.Event()
        failures: list[Exception] = []
        thread = threading.Thread(target=self._post_steadily, args=(stop, failures), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        if failures:
            raise failures[0]

    def _post_steadily(self, stop: threading.Event, failures: list[Exception]) -> None:
        pause = LOAD_BATCH / LOAD_EVENTS_A_SECOND
        due = time.monotonic()
        try:
            with Connection(self._ready.host, self._ready.port) as connection:
                while not stop.wait(max(0.0, due - time.monotonic())):
                    number = int(due / pause) % len(self._batches)
                    response = connection.exchange(self._batches[number])
                    if response.status != 200:
                        raise BenchError(f"the load was answered {response.status}")
                    due += pause
        except Exception as error:  # Raised again by the thread that waits.
            failures.append(error)
