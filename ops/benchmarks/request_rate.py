"""Requests a second of one GET, by wrk where it is installed and by a generator of our own elsewhere."""

from __future__ import annotations

import multiprocessing
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from .errors import BenchError
from .http_client import Connection, request_bytes
from .report import percentile

WRK_CONNECTIONS = 100
OWN_PROCESSES = 4
SECONDS = 3

RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)$", re.MULTILINE)
P95 = re.compile(r"^p95 us: ([0-9.]+)$", re.MULTILINE)
REFUSALS = re.compile(r"^\s+(Non-2xx or 3xx responses: \d+|Socket errors: .+)$", re.MULTILINE)
VARYING = (
    'local n = 0\nrequest = function() n = n + 1; return wrk.format("GET", string.format("{path}", n)) end\n'
)
QUANTILE = 'done = function(summary, latency) io.write("p95 us: " .. latency:percentile(95) .. "\\n") end\n'


@dataclass(frozen=True)
class Target:
    """One GET. A path with `%06d` in it is filled with a number, so that no request repeats another."""

    host: str
    port: int
    path: str
    headers: Mapping[str, str]

    @property
    def varies(self) -> bool:
        return "%06d" in self.path

    def path_number(self, number: int) -> str:
        return self.path % number if self.varies else self.path


@dataclass(frozen=True)
class Rate:
    """Over some seconds."""

    requests_per_second: float
    p95_ms: float


def generator() -> str:
    """What drives the load, for the report."""
    if shutil.which("wrk"):
        return f"wrk, 1 thread, {WRK_CONNECTIONS} connections"
    return f"own generator, {OWN_PROCESSES} processes of one connection"


def measure_rate(target: Target) -> Rate:
    """Any answer other than 2xx or 3xx is an error."""
    tool = shutil.which("wrk")
    return _by_wrk(tool, target) if tool else _by_own_generator(target)


def _by_wrk(tool: str, target: Target) -> Rate:
    url = f"http://{target.host}:{target.port}{target.path_number(0)}"
    command = [tool, "-t1", f"-c{WRK_CONNECTIONS}", f"-d{SECONDS}s"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="ascii") as script:
        script.write((VARYING.format(path=target.path) if target.varies else "") + QUANTILE)
        script.flush()
        done = subprocess.run(
            [*command, "-s", script.name, url],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=SECONDS + 60,
        )
    rate, p95 = RATE.search(done.stdout), P95.search(done.stdout)
    refused = REFUSALS.search(done.stdout)
    if done.returncode != 0 or rate is None or p95 is None or refused is not None:
        raise BenchError(f"wrk on {url}: {done.stdout}{done.stderr}")
    return Rate(float(rate.group(1)), float(p95.group(1)) / 1000)


def _by_own_generator(target: Target) -> Rate:
    with multiprocessing.Pool(OWN_PROCESSES) as pool:
        times = pool.starmap(_drive, [(target, worker) for worker in range(OWN_PROCESSES)], chunksize=1)
    all_times = [milliseconds for worker in times for milliseconds in worker]
    return Rate(len(all_times) / SECONDS, percentile(all_times, 95))


def _drive(target: Target, worker: int) -> list[float]:
    """How long one connection waited for each answer in the time, in ms."""
    times: list[float] = []
    deadline = time.monotonic() + SECONDS
    with Connection(target.host, target.port) as connection:
        for number in count(worker, OWN_PROCESSES):
            begin = time.monotonic()
            if begin >= deadline:
                break
            path = target.path_number(number % 1_000_000)
            response = connection.exchange(request_bytes("GET", path, target.headers))
            if not 200 <= response.status < 400:
                raise BenchError(f"{path} answered {response.status}: {response.body[:500]!r}")
            times.append((time.monotonic() - begin) * 1000)
    return times
