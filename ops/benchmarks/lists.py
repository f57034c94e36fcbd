"""`list`: the list endpoints, cached and not, against responses that need no data at all; and how often
lists come from the cache while events are stored and incidents change."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from . import mixed
from .demo import Demo
from .errors import BenchError
from .http_client import Connection, Response, request_bytes
from .load import batches, post_all
from .material import brute_force
from .measurement import Measurement
from .report import Comparison, measure_pairs
from .request_rate import Rate, Target, generator, measure_rate
from .settings import Settings

STATIC = "/healthz"
# A static response of many kilobytes.
LARGE_STATIC = "/openapi.json"
INCIDENTS = "/api/incidents?limit={}"
EVENTS = "/api/events?limit=100"
ATTACKERS = 100
LARGE_BYTES, SMALL_BYTES = 50_000, 2_000
LARGEST_PAGE = 1000
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}
TARGETS = "at least 15000 requests/s, ratio ≥ 0.4, p95 < 30 ms"


def run(settings: Settings) -> list[Comparison | Measurement]:
    with Demo(settings.binary, settings.root, settings.scratch) as demo:
        bench = _Lists(demo, settings)
        bench.fill()
        large, small = bench.page_of(LARGE_BYTES), bench.page_of(SMALL_BYTES)
        etag = bench.look(small, PLAIN).headers.get("etag")
        found: list[Comparison | Measurement] = []
        for name, path, headers in (
            ("incidents, 50 KB, gzip", large, GZIP),
            ("incidents, 50 KB", large, PLAIN),
            ("incidents, 2 KB, gzip", small, GZIP),
            ("incidents, 2 KB", small, PLAIN),
        ):
            found += bench.compare(f"list {name}", path, headers, STATIC)
        if etag:
            found += bench.compare(
                "list incidents, 2 KB, unchanged", small, {**PLAIN, "If-None-Match": etag}, STATIC
            )
        found += bench.compare("list incidents, 50 KB, to a static document", large, PLAIN, LARGE_STATIC)
        found += bench.compare("list events, cached", EVENTS, PLAIN, STATIC)
        found += bench.compare("list events, uncached", _never_twice(EVENTS), PLAIN, STATIC)
    return [*found, *mixed.run(settings)]


def _never_twice(path: str) -> str:
    """The last day, from another microsecond each time, so that no answer is there already."""
    now = datetime.now(timezone.utc)
    begin = f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%S}.%06dZ"
    return f"{path}&from={begin}&to={now:%Y-%m-%dT%H:%M:%SZ}"


class _Lists:
    def __init__(self, demo: Demo, settings: Settings) -> None:
        self._demo = demo
        self._settings = settings
        key = demo.commands.make_key("demo", "events:read,incidents:read")
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

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

    def page_of(self, size: int) -> str:
        """The list of incidents whose JSON is closest to a number of bytes."""
        one, two = (len(self.look(INCIDENTS.format(limit), PLAIN).body) for limit in (1, 2))
        limit = max(1, min(LARGEST_PAGE, round((size - one) / max(1, two - one)) + 1))
        for _ in range(4):
            found = len(self.look(INCIDENTS.format(limit), PLAIN).body)
            limit = max(1, min(LARGEST_PAGE, round(limit * size / found)))
        return INCIDENTS.format(limit)

    def compare(self, name: str, path: str, headers: Mapping[str, str], static: str) -> list[Comparison]:
        """Requests a second, and the quantile, of both sides in turns."""
        ours, theirs = self._target(path, headers), self._target(static, {**PLAIN})
        first = self.look(ours.path_number(0), headers)
        static_bytes = len(self.look(static, PLAIN).body)
        rates: dict[str, list[Rate]] = {"ours": [], "static": []}

        def one(side: str, target: Target) -> float:
            rates[side].append(measure_rate(target))
            return rates[side][-1].requests_per_second

        pairs = measure_pairs(self._settings.pairs, lambda: one("ours", ours), lambda: one("static", theirs))
        notes = {
            "request": path,
            "headers": ", ".join(f"{key}: {value}" for key, value in headers.items()),
            "response": f"{first.status}, {len(first.body)} bytes; the reference's {static_bytes} bytes",
            "X-Cache": f"{first.headers.get('x-cache', 'none')} before, "
            f"{self.look(ours.path_number(0), headers).headers.get('x-cache', 'none')} behind",
            "load": generator(),
            "targets for what is cached": TARGETS,
        }
        p95 = [(a.p95_ms, b.p95_ms) for a, b in zip(rates["ours"], rates["static"], strict=True)]
        what = path.partition("?")[0]
        return [
            Comparison(name, what, static, "requests/s", pairs, notes),
            Comparison(f"{name}, p95", what, static, "ms", p95, notes),
        ]

    def look(self, path: str, headers: Mapping[str, str]) -> Response:
        """The second answer to a request, when it is in the cache if it can be."""
        request = request_bytes("GET", path, {**self._headers, **headers})
        with Connection(self._demo.ready.host, self._demo.ready.port) as connection:
            connection.exchange(request)
            response = connection.exchange(request)
        if response.status not in (200, 304):
            raise BenchError(f"{path} answered {response.status}: {response.body[:500]!r}")
        return response

    def _target(self, path: str, headers: Mapping[str, str]) -> Target:
        own = {} if path in (STATIC, LARGE_STATIC) else self._headers
        return Target(self._demo.ready.host, self._demo.ready.port, path, {**own, **headers})
