"""`list`: the list endpoints, cached and not, against a response that needs no data at all."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

from .demo import Demo
from .errors import BenchError
from .http_client import Connection, log_in, request_bytes
from .load import batches, post_all
from .material import brute_force
from .report import Comparison, measure_pairs
from .request_rate import Target, generator, requests_per_second
from .settings import Settings

STATIC = "/healthz"
INCIDENTS = "/api/incidents?limit=50"
EVENTS = "/api/events?limit=100"
ATTACKERS = 100


def run(settings: Settings) -> list[Comparison]:
    with Demo(settings.binary, settings.root, settings.scratch) as demo:
        bench = _Lists(demo, settings)
        bench.fill()
        return [
            bench.compare("list incidents, cached", INCIDENTS),
            bench.compare("list events, cached", EVENTS),
            bench.compare("list events, uncached", _never_twice(EVENTS)),
        ]


def _never_twice(path: str) -> str:
    """The last day, from another microsecond each time, so that no answer is there already."""
    now = datetime.now(timezone.utc)
    begin = f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%S}.%06dZ"
    return f"{path}&from={begin}&to={now:%Y-%m-%dT%H:%M:%SZ}"


class _Lists:
    def __init__(self, demo: Demo, settings: Settings) -> None:
        self._demo = demo
        self._settings = settings
        ready = demo.ready
        token = log_in(ready.host, ready.port, ready.email, ready.password)
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def fill(self) -> None:
        """Stores the material and enough attacks to fill a page of incidents."""
        ready = self._demo.ready
        attacks = [
            event
            for number in range(ATTACKERS)
            for event in brute_force(f"198.19.0.{number + 1}", time.time() - 600 + number)
        ]
        events = self._settings.events() + attacks
        post_all(ready.host, ready.port, batches(events, 2000, ready.sensor_key))
        self._demo.wait_until_idle()

    def compare(self, name: str, path: str) -> Comparison:
        target = self._target(path, self._headers)
        static = self._target(STATIC, {})
        size, cache = self._look(target.path_number(0))
        pairs = measure_pairs(
            self._settings.pairs,
            lambda: requests_per_second(target),
            lambda: requests_per_second(static),
        )
        return Comparison(
            name=name,
            ours=path.partition("?")[0],
            reference=STATIC,
            unit="requests/s",
            pairs=pairs,
            notes={
                "request": path,
                "response": f"{size} bytes",
                "X-Cache of a repeated request": cache,
                "load": generator(),
            },
        )

    def _look(self, path: str) -> tuple[int, str]:
        request = request_bytes("GET", path, self._headers)
        with Connection(self._demo.ready.host, self._demo.ready.port) as connection:
            connection.exchange(request)
            response = connection.exchange(request)
        if response.status != 200:
            raise BenchError(f"{path} answered {response.status}: {response.body[:500]!r}")
        return len(response.body), response.headers.get("x-cache", "none")

    def _target(self, path: str, headers: dict[str, str]) -> Target:
        return Target(self._demo.ready.host, self._demo.ready.port, path, headers)
