"""How often lists, items and counts come from the cache while 5,000 events a second are stored and people and
rules change incidents."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from .demo import Demo
from .errors import BenchError
from .flow import MARK, Flow
from .http_client import Connection, Response, request_bytes
from .load import batches, post_all
from .material import brute_force, generated_now
from .measurement import Measurement
from .report import Comparison, percentile
from .settings import SEED, Settings

TENANTS = 4
EVENTS_A_SECOND = 5000
BATCH = 250
FLOW_EVENTS = 20_000
READERS = 8
# What all readers together ask for: about 400 people who each look at something once a second.
READS_A_SECOND = 400
# People's changes of incidents, and attacks that raise new ones, of all tenants together.
CHANGES_A_SECOND = 1.0
ATTACK_SECONDS = 4.0
INTERVAL_SECONDS = 10
SETTLE_SECONDS = 3
PATIENCE_SECONDS = 30
SCOPES = "events:read,incidents:read,incidents:write,operate"


@dataclass(frozen=True)
class _Kind:
    """Something that people look at. `paths` are its usual forms, the first the most usual."""

    name: str
    weight: float
    paths: tuple[str, ...]


KINDS = (
    _Kind("incidents", 40, ("/api/incidents?limit=50",)),
    _Kind(
        "incidents, filtered",
        20,
        (
            "/api/incidents?status=open&limit=50",
            "/api/incidents?severity=high,critical&limit=50",
            "/api/incidents?assignee=none&limit=50",
            "/api/incidents?sort=-updated_at&limit=50",
            "/api/incidents?status=resolved&limit=50",
        ),
    ),
    _Kind("incident", 15, ("/api/incidents/{}",)),
    _Kind("facets", 5, ("/api/incidents/facets", "/api/incidents/facets?status=open")),
    _Kind("events", 10, ("/api/events?limit=100", "/api/events?severity=7..&limit=100")),
    _Kind(
        "events, filtered",
        5,
        ("/api/events?source_type=nginx.access&limit=100", "/api/events?source_type=linux.sshd&limit=100"),
    ),
    _Kind("histogram", 5, ("/api/events/histogram", "/api/events/histogram?by=severity")),
)


@dataclass
class _Tally:
    """What one stretch of the load saw."""

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: str, outcome: str, milliseconds: float) -> None:
        self.outcomes.setdefault(kind, Counter())[outcome] += 1
        self.milliseconds.setdefault(kind, []).append(milliseconds)

    def count(self, *outcomes: str) -> int:
        return sum(counter[outcome] for counter in self.outcomes.values() for outcome in outcomes)


def run(settings: Settings) -> list[Comparison | Measurement]:
    with Demo(settings.binary, settings.root, settings.scratch) as demo:
        load = _Mixed(demo)
        load.fill()
        with Flow(demo.ready.host, demo.ready.port, load.batches, BATCH, EVENTS_A_SECOND) as flow:
            tallies = load.run(settings.pairs)
        stored = flow.stored_events / flow.seconds
        return load.results(tallies, f"{stored:,.0f} events/s stored, {flow.refused_batches} batches refused")


class _Mixed:
    def __init__(self, demo: Demo) -> None:
        self._host, self._port = demo.ready.host, demo.ready.port
        self._demo = demo
        commands = demo.commands
        self._readers: list[dict[str, str]] = []
        self._sensors: list[str] = []
        for number in range(TENANTS):
            slug = f"bench-{number + 1}"
            commands.make_organization(slug)
            self._readers.append({"Authorization": f"Bearer {commands.make_key(slug, SCOPES)}"})
            self._sensors.append(commands.make_key(slug, "events:write"))
        events = generated_now(SEED, FLOW_EVENTS, MARK)
        requests = [batches(events[n::TENANTS], BATCH, self._sensors[n]) for n in range(TENANTS)]
        self.batches = [request for turn in zip(*requests, strict=False) for request in turn]
        self._kinds = list(KINDS)
        self._incidents: list[list[str]] = []
        self._tally = _Tally()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._failures: list[Exception] = []
        self._changes = 0

    def fill(self) -> None:
        """A page of incidents for each tenant; and only what the service has is asked for."""
        for tenant, sensor in enumerate(self._sensors):
            attacks = [
                event
                for number in range(60)
                for event in brute_force(f"198.19.{tenant}.{number + 1}", time.time() - 600 + number)
            ]
            post_all(self._host, self._port, batches(attacks, 1000, sensor))
        self._demo.wait_until_idle()
        with Connection(self._host, self._port) as connection:
            for headers in self._readers:
                self._incidents.append(self._raised(connection, headers))
            self._kinds = [kind for kind in (self._served(connection, k) for k in KINDS) if kind.paths]

    @staticmethod
    def _raised(connection: Connection, headers: dict[str, str]) -> list[str]:
        """The incidents of a tenant. A service that waits for its database uses no CPU time either."""
        request = request_bytes("GET", "/api/incidents?limit=50", headers)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            listed = connection.exchange(request).json()["incidents"]
            assert isinstance(listed, list)
            if listed:
                return [str(incident["id"]) for incident in listed]
            time.sleep(0.2)
        raise BenchError("the attacks raised no incidents")

    def run(self, intervals: int) -> list[_Tally]:
        """A tally for each interval, behind a time in which the caches fill."""
        work: list[Callable[[], None]] = [partial(self._read, n) for n in range(READERS)]
        work += [self._change, self._attack]
        threads = [threading.Thread(target=self._guard, args=(part,), daemon=True) for part in work]
        for thread in threads:
            thread.start()
        tallies: list[_Tally] = []
        try:
            self._stop.wait(SETTLE_SECONDS)
            self._take()
            for _ in range(intervals):
                self._stop.wait(INTERVAL_SECONDS)
                tallies.append(self._take())
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
        if self._failures:
            raise self._failures[0]
        return tallies

    def results(self, tallies: list[_Tally], flow: str) -> list[Comparison | Measurement]:
        pairs = [
            (tally.count("HIT") / INTERVAL_SECONDS, tally.count("HIT", "MISS", "BYPASS") / INTERVAL_SECONDS)
            for tally in tallies
        ]
        kinds: dict[str, str] = {}
        measured: list[Measurement] = []
        for kind in self._kinds:
            times = [time for tally in tallies for time in tally.milliseconds.get(kind.name, [])]
            outcomes: Counter[str] = sum((t.outcomes.get(kind.name, Counter()) for t in tallies), Counter())
            kinds[f"answers: {kind.name}"] = ", ".join(f"{name} {n}" for name, n in outcomes.most_common())
            if times:
                p50, p95, p99 = (percentile(times, percent) for percent in (50, 95, 99))
                measured.append(
                    Measurement(
                        f"mixed load: {kind.name}",
                        f"{TENANTS} tenants",
                        "ms",
                        p50,
                        p95,
                        p99,
                        0,
                        len(times),
                        None,
                    )
                )
        notes = {
            "load": f"{READS_A_SECOND} reads/s asked over {READERS} connections; {flow}; "
            f"{self._changes} changes of incidents, an attack each {ATTACK_SECONDS:.0f} s",
            "target": "ratio > 0.8",
            **kinds,
        }
        name = "list mixed load, hits"
        return [
            Comparison(name, "from the cache", "all that can be", "requests/s", pairs, notes),
            *measured,
        ]

    def _served(self, connection: Connection, kind: _Kind) -> _Kind:
        """The kind with those of its paths that the service knows."""
        paths = []
        for path in kind.paths:
            request = request_bytes("GET", path.format(self._incidents[0][0]), self._readers[0])
            if connection.exchange(request).status == 200:
                paths.append(path)
        return _Kind(kind.name, kind.weight, tuple(paths))

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # Raised again by the thread that waits.
            self._failures.append(error)
            self._stop.set()

    def _read(self, number: int) -> None:
        chance = random.Random(SEED + number)
        weights = [kind.weight for kind in self._kinds]
        pause, due = READERS / READS_A_SECOND, time.monotonic()
        with Connection(self._host, self._port) as connection:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                due = max(due + pause * chance.uniform(0.5, 1.5), time.monotonic() - 1)
                tenant = chance.randrange(TENANTS)
                kind = chance.choices(self._kinds, weights)[0]
                path = kind.paths[int(len(kind.paths) * chance.random() ** 2)]
                path = path.format(self._incidents[tenant][int(20 * chance.random() ** 2)])
                begin = time.perf_counter()
                response = connection.exchange(request_bytes("GET", path, self._readers[tenant]))
                taken = (time.perf_counter() - begin) * 1000
                self._expect(response, path, 200)
                with self._lock:
                    self._tally.add(kind.name, response.headers.get("x-cache", "none"), taken)

    def _change(self) -> None:
        """People take incidents on and hand them back."""
        chance = random.Random(SEED)
        with Connection(self._host, self._port) as connection:
            while not self._stop.wait(chance.expovariate(CHANGES_A_SECOND)):
                tenant = chance.randrange(TENANTS)
                path = f"/api/incidents/{chance.choice(self._incidents[tenant])}"
                headers = self._readers[tenant]
                current = connection.exchange(request_bytes("GET", path, headers))
                self._expect(current, path, 200)
                tags = [] if current.json().get("tags") else ["seen"]
                response = connection.exchange(
                    request_bytes(
                        "PATCH",
                        path,
                        {**headers, "If-Match": current.headers["etag"], "Content-Type": "application/json"},
                        json.dumps({"tags": tags}).encode(),
                    )
                )
                # Correlation may have changed it in between.
                self._expect(response, path, 200, 412)
                self._changes += response.status == 200

    def _attack(self) -> None:
        number = 0
        with Connection(self._host, self._port) as connection:
            while not self._stop.wait(ATTACK_SECONDS):
                number += 1
                tenant = number % TENANTS
                events = brute_force(f"198.19.{100 + number // 250}.{number % 250 + 1}", time.time() - 5)
                request = batches(events, len(events), self._sensors[tenant])[0]
                self._expect(connection.exchange(request), "/api/events", 200, 503)

    def _take(self) -> _Tally:
        with self._lock:
            taken, self._tally = self._tally, _Tally()
            return taken

    def _expect(self, response: Response, path: str, *statuses: int) -> None:
        if response.status not in statuses:
            raise BenchError(f"{path} answered {response.status}: {response.body[:500]!r}")
