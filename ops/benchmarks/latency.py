"""`latency`: from an event's commit to its incident in the list, at rest and under a steady load."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from .demo import Demo
from .errors import BenchError
from .flow import MARK, Flow
from .http_client import Connection, log_in, request_bytes
from .load import batches
from .match import shared_rules_present, unpack_rules
from .material import brute_force, windows_now, windows_present
from .report import Comparison, percentile
from .settings import Settings

PROBES = 40
LOAD_BATCH = 500
FLOW_EVENTS = 20_000
# How long the flow runs before the first probe.
SETTLE_SECONDS = 2
POLL_SECONDS = 0.001
GIVE_UP_SECONDS = 30


def run(settings: Settings) -> list[Comparison]:
    with tempfile.TemporaryDirectory(prefix="hl-", dir=settings.scratch) as folder:
        rules = _rules(settings, Path(folder))
        environment = {"HARRIER_RULES": ":".join(map(str, [settings.root / "ops/rules", *rules]))}
        with Demo(settings.binary, settings.root, settings.scratch, environment) as demo:
            bench = _Latency(demo, _flow_events(settings), settings.rate)
            bench.probe(5)
            loaded: list[list[float]] = []
            quiet: list[list[float]] = []
            for _ in range(settings.pairs):
                loaded.append(bench.probe_under_load(PROBES))
                demo.wait_until_idle()
                quiet.append(bench.probe(PROBES))
            names = " and ".join(["Harrier's own", *(path.name for path in rules)])
            return [_comparison(percent, loaded, quiet, names, bench) for percent in (50, 99)]


def _rules(settings: Settings, folder: Path) -> list[Path]:
    """What is in force beside Harrier's own rules, by one of which the probes are found."""
    if settings.rules is not None:
        return [settings.rules.resolve()]
    return [unpack_rules(settings.root, folder)] if shared_rules_present(settings.root) else []


def _flow_events(settings: Settings) -> list[bytes]:
    """Real Windows records with the time of sending where the shared data is at hand."""
    if windows_present(settings.root):
        return windows_now(settings.root, min(FLOW_EVENTS, settings.event_count), MARK)
    return settings.events()


def _comparison(
    percent: int, loaded: list[list[float]], quiet: list[list[float]], rules: str, bench: _Latency
) -> Comparison:
    return Comparison(
        name=f"latency p{percent}",
        ours="under load",
        reference="at rest",
        unit="ms",
        pairs=[(percentile(a, percent), percentile(b, percent)) for a, b in zip(loaded, quiet, strict=True)],
        notes={
            "probe": f"6 failed logins of a new user from a new source; {PROBES} a side and pair",
            "from, to": "the answer to the POST; the incident in GET /api/incidents, polled each ms",
            "rules": rules,
            "all probes": f"p{percent} {percentile(sum(loaded, []), percent):.1f} ms under load, "
            f"{percentile(sum(quiet, []), percent):.1f} ms at rest",
            **bench.use.notes(),
        },
    )


@dataclass
class _Use:
    """What the load was, and whose the processors were while it flowed."""

    rate: int
    event_bytes: int
    seconds: float = 0
    events: int = 0
    refused: int = 0
    cores: dict[str, float] = field(default_factory=lambda: {"service": 0, "load generator": 0, "all": 0})

    def notes(self) -> dict[str, str]:
        shares = ", ".join(f"{name} {used / self.seconds:.2f}" for name, used in self.cores.items())
        return {
            "load": f"{self.rate} events/s of {self.event_bytes} bytes asked, in batches of {LOAD_BATCH}; "
            f"{self.events / self.seconds:,.0f} events/s stored, {self.refused} batches refused",
            "processors in use": f"{shares}, of {os.cpu_count()}",
        }


class _Latency:
    def __init__(self, demo: Demo, events: list[bytes], rate: int) -> None:
        self._demo = demo
        self._ready = demo.ready
        whole = events[: len(events) // LOAD_BATCH * LOAD_BATCH]
        if not whole:
            raise BenchError(f"--events must be at least {LOAD_BATCH}")
        self._batches = batches(whole, LOAD_BATCH, demo.ready.sensor_key)
        token = log_in(self._ready.host, self._ready.port, self._ready.email, self._ready.password)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._probes = 0
        self.use = _Use(rate, sum(map(len, events)) // len(events))

    def probe_under_load(self, count: int) -> list[float]:
        """The same while events flow at the stated rate."""
        service, machine = self._demo.cpu_seconds(), _busy_seconds()
        with Flow(self._ready.host, self._ready.port, self._batches, LOAD_BATCH, self.use.rate) as flow:
            time.sleep(SETTLE_SECONDS)
            found = self.probe(count)
        self.use.seconds += flow.seconds
        self.use.events += flow.stored_events
        self.use.refused += flow.refused_batches
        self.use.cores["service"] += self._demo.cpu_seconds() - service
        self.use.cores["load generator"] += flow.own_cpu_seconds
        self.use.cores["all"] += _busy_seconds() - machine
        return found

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


def _busy_seconds() -> float:
    """Processor time of the whole machine that was not idle."""
    with Path("/proc/stat").open(encoding="ascii") as stat:
        user, nice, system, idle, waiting, *rest = (int(part) for part in stat.readline().split()[1:8])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")
