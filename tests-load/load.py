#!/usr/bin/env python3
"""Posts events to a running Harrier, reads its lists and changes incidents meanwhile, for a stated time."""

from __future__ import annotations

import argparse
import http.client
import ipaddress
import json
import os
import random
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import urlsplit

# What people look at, and how often out of 100; `{id}` is one of the newest incidents.
READS = (
    (35, "/api/incidents?limit=50"),
    (10, "/api/incidents?status=open&limit=50"),
    (5, "/api/incidents?severity=high,critical&limit=50"),
    (5, "/api/incidents?assignee=none&limit=50"),
    (20, "/api/incidents/{id}"),
    (10, "/api/events?limit=100"),
    (5, "/api/events?limit=100&source_type=linux.sshd"),
    (5, "/api/events?limit=100&severity=3.."),
    (5, "/api/events/histogram"),
)
# A client that has an answer already asks whether it still holds.
CONDITIONAL = 0.3
TRY_AGAIN = (429, 503)
TIMEOUT_SECONDS = 60
MOST_CONNECTIONS = 256


@dataclass
class Tally:
    """What one kind of worker saw."""

    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    cache: Counter[str] = field(default_factory=Counter)
    unaccounted: int = 0

    def add(self, other: Tally) -> None:
        self.statuses += other.statuses
        self.milliseconds += other.milliseconds
        self.events += other.events
        self.cache += other.cache
        self.unaccounted += other.unaccounted

    def failures(self) -> int:
        """Answers that nobody should get."""
        fine = {"200", "304", "412", *(str(status) for status in TRY_AGAIN)}
        return sum(count for status, count in self.statuses.items() if status not in fine)


class Worker(threading.Thread):
    """One connection and what came over it."""

    def __init__(self, options: argparse.Namespace, until: float) -> None:
        super().__init__(daemon=True)
        self.options = options
        self.until = until
        self.tally = Tally()
        self._connection: http.client.HTTPConnection | None = None
        self.etag = ""

    def is_over(self) -> bool:
        return time.monotonic() >= self.until

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, float]:
        """Status, body and the seconds to wait before the next try."""
        began = time.monotonic()
        try:
            connection = self._connection or self._connect()
            self._connection = connection
            connection.request(method, path, body, {**headers, "Authorization": f"Bearer {self.options.key}"})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection = None
            self.tally.statuses[type(error).__name__] += 1
            return 0, b"", 1.0
        self.tally.milliseconds.append((time.monotonic() - began) * 1000)
        self.tally.statuses[str(response.status)] += 1
        self.etag = response.getheader("ETag", "")
        outcome = response.getheader("X-Cache")
        if outcome:
            self.tally.cache[outcome] += 1
        pause = response.getheader("Retry-After", "1")
        return response.status, answer, float(pause) if pause.isdigit() else 1.0

    def _connect(self) -> http.client.HTTPConnection:
        url = urlsplit(self.options.url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        return kind(url.hostname or "127.0.0.1", url.port, timeout=TIMEOUT_SECONDS)


class Budget:
    """How many events may still be posted."""

    def __init__(self, events: int) -> None:
        self._left = events
        self._lock = threading.Lock()

    def take(self, events: int) -> bool:
        with self._lock:
            if self._left < events:
                return False
            self._left -= events
            return True


class Sender(Worker):
    """Posts batches, at its share of the rate if there is one."""

    def run(self) -> None:
        share = self.options.rate / self.options.senders
        pause = self.options.batch / share if share else 0.0
        due = time.monotonic()
        while not self.is_over():
            time.sleep(max(0.0, due - time.monotonic()))
            due += pause
            if not self.options.budget.take(self.options.batch):
                return
            self._deliver(make_batch(self.options.batch, self.options.attack))

    def _deliver(self, body: bytes) -> None:
        """Sends one batch until it is taken, under one key."""
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": str(uuid.uuid4())}
        while True:
            status, answer, pause = self.ask("POST", "/api/events", body, headers)
            if status == 200:
                self._account(json.loads(answer))
            if (status != 0 and status not in TRY_AGAIN) or self.is_over():
                return
            time.sleep(pause)

    def _account(self, receipt: dict[str, int]) -> None:
        fates = {name: receipt[name] for name in ("stored", "duplicates", "quarantined")}
        self.tally.events.update(fates)
        self.tally.unaccounted += self.options.batch - sum(fates.values())


class Reader(Worker):
    """Reads what people read, at its share of the rate if there is one."""

    def run(self) -> None:
        share = self.options.reads / max(1, self.options.readers)
        weights, paths = zip(*READS)
        known: dict[str, str] = {}
        incidents: list[str] = []
        due = time.monotonic()
        while not self.is_over():
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(due + (1 / share if share else 0.0), time.monotonic() - 1)
            path = random.choices(paths, weights)[0]
            if "{id}" in path:
                if not incidents:
                    continue
                path = path.replace("{id}", random.choice(incidents))
            headers = {}
            if path in known and random.random() < CONDITIONAL:
                headers["If-None-Match"] = known[path]
            status, answer, pause = self.ask("GET", path, b"", headers)
            if status == 200:
                known[path] = self.etag
                if path.startswith("/api/incidents?"):
                    incidents = [incident["id"] for incident in json.loads(answer)["incidents"]] or incidents
            elif status in TRY_AGAIN or status == 0:
                time.sleep(pause)


class Changer(Worker):
    """Tags incidents and takes the tag away again, at the rate of changes."""

    def run(self) -> None:
        while not self.is_over():
            time.sleep(random.expovariate(self.options.changes))
            status, answer, pause = self.ask("GET", "/api/incidents?limit=50", b"", {})
            incidents = json.loads(answer)["incidents"] if status == 200 else []
            if not incidents:
                time.sleep(pause)
                continue
            path = f"/api/incidents/{random.choice(incidents)['id']}"
            status, answer, _ = self.ask("GET", path, b"", {})
            if status == 200:
                tags = [tag for tag in json.loads(answer)["tags"] if tag != "load-test"]
                if len(tags) == len(json.loads(answer)["tags"]):
                    tags.append("load-test")
                headers = {"Content-Type": "application/json", "If-Match": self.etag}
                self.ask("PATCH", path, json.dumps({"tags": tags}).encode(), headers)


def make_batch(count: int, attack: float) -> bytes:
    """Logins and web requests of this second, one to a line."""
    return b"\n".join(json.dumps(make_event(attack)).encode() for _ in range(count))


def make_event(attack: float) -> dict[str, object]:
    now = datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
    host, port = f"web-{random.randrange(12):02}", random.randrange(1024, 65536)
    if random.random() < attack:
        source, user = f"203.0.113.{random.randrange(8)}", random.choice(["root", "admin", "oracle"])
        return {
            "ts": now, "source_type": "linux.sshd", "action": "login", "outcome": "failure",
            "src_ip": source, "src_port": port, "user": user, "host": host, "severity": 3,
            "message": f"Failed password for {user} from {source} port {port} ssh2",
        }  # fmt: skip
    source = f"198.18.{random.randrange(256)}.{random.randrange(256)}"
    return {
        "ts": now, "source_type": "nginx.access", "action": "http_request", "outcome": "success",
        "src_ip": source, "src_port": port, "dst_port": 443, "host": host, "severity": 1,
        "message": f'{source} - - "GET /orders/{random.randrange(10**6)} HTTP/1.1" 200 4312 "-" "curl/8.9.1"',
    }  # fmt: skip


def percentile(ordered: list[float], percent: int) -> float:
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0.0


def report(name: str, tally: Tally, seconds: float) -> None:
    times = sorted(tally.milliseconds)
    quantiles = "  ".join(f"p{p} {percentile(times, p):.1f} ms" for p in (50, 95, 99, 100))
    print(f"{name}: {len(times) / seconds:,.1f} requests/s  {quantiles}")
    print(
        "  answers: " + ", ".join(f"{status} × {count}" for status, count in sorted(tally.statuses.items()))
    )
    looked_up = tally.cache["HIT"] + tally.cache["MISS"]
    if looked_up:
        print(f"  cache: {100 * tally.cache['HIT'] / looked_up:.1f} % of {looked_up:,} answers came from it")
    if tally.events:
        rate = tally.events["stored"] / seconds
        fates = ", ".join(f"{count:,} {fate}" for fate, count in tally.events.items())
        print(f"  events: {rate:,.0f}/s stored; {fates}, {tally.unaccounted} unaccounted for")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", default=os.environ.get("HARRIER_KEY"), help="or HARRIER_KEY")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--rate", type=float, default=0, help="events/s in all; 0: no bound")
    parser.add_argument("--max-events", type=int, default=1_000_000, help="events in all, at most")
    parser.add_argument("--reads", type=float, default=0, help="reads/s in all; 0: no bound")
    parser.add_argument("--changes", type=float, default=0, help="changes of incidents/s; 0: none")
    parser.add_argument("--remote", action="store_true", help="load a service on another machine")
    parser.add_argument("--attack", type=float, default=0.02, help="share of failed logins")
    options = parser.parse_args()
    if not options.key:
        parser.error("give --key or HARRIER_KEY")
    if not 0 < options.seconds <= 3600 or not 1 <= options.batch <= 100_000:
        parser.error("--seconds must be over 0 and up to 3600, --batch 1 to 100000")
    if min(options.senders, options.readers, options.rate, options.reads, options.changes) < 0:
        parser.error("--senders, --readers, --rate, --reads and --changes must not be negative")
    if not 1 <= options.senders + options.readers <= MOST_CONNECTIONS or options.changes > 100:
        parser.error(f"--senders and --readers are 1 to {MOST_CONNECTIONS} together, --changes up to 100")
    if not options.remote and not is_loopback(urlsplit(options.url).hostname or ""):
        parser.error("--url is not this machine: add --remote if that service may be loaded")
    options.budget = Budget(options.max_events)
    return options


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def main() -> int:
    options = parse_arguments()
    began = time.monotonic()
    until = began + options.seconds
    senders = [Sender(options, until) for _ in range(options.senders)]
    readers = [Reader(options, until) for _ in range(options.readers)]
    changers = [Changer(options, until)] if options.changes else []
    for worker in [*senders, *readers, *changers]:
        worker.start()
    posted, read, changed = Tally(), Tally(), Tally()
    for workers, tally in ((senders, posted), (readers, read), (changers, changed)):
        for worker in workers:
            worker.join()
            tally.add(worker.tally)
    seconds = time.monotonic() - began
    for name, tally in (("posts", posted), ("reads", read), ("changes", changed)):
        if tally.statuses:
            report(name, tally, seconds)
    failures = posted.failures() + read.failures() + changed.failures()
    return 1 if failures + posted.unaccounted > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
