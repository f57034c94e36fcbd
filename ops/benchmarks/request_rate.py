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

WRK_CONNECTIONS = 16
OWN_PROCESSES = 4
SECONDS = 3

RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)$", re.MULTILINE)
REFUSALS = re.compile(r"^\s+(Non-2xx or 3xx responses: \d+|Socket errors: .+)$", re.MULTILINE)
LUA = (
    'local n = 0\nrequest = function() n = n + 1; return wrk.format("GET", string.format("{path}", n)) end\n'
)


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


def generator() -> str:
    """What drives the load, for the report."""
    if shutil.which("wrk"):
        return f"wrk, 1 thread, {WRK_CONNECTIONS} connections"
    return f"own generator, {OWN_PROCESSES} processes of one connection"


def requests_per_second(target: Target) -> float:
    """The mean over some seconds; any answer other than 2xx or 3xx is an error."""
    tool = shutil.which("wrk")
    return _by_wrk(tool, target) if tool else _by_own_generator(target)


def _by_wrk(tool: str, target: Target) -> float:
    url = f"http://{target.host}:{target.port}{target.path_number(0)}"
    command = [tool, "-t1", f"-c{WRK_CONNECTIONS}", f"-d{SECONDS}s"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="ascii") as script:
        if target.varies:
            script.write(LUA.format(path=target.path))
            script.flush()
            command += ["-s", script.name]
        done = subprocess.run(
            [*command, url], capture_output=True, encoding="utf-8", check=False, timeout=SECONDS + 60
        )
    rate = RATE.search(done.stdout)
    refused = REFUSALS.search(done.stdout)
    if done.returncode != 0 or rate is None or refused is not None:
        raise BenchError(f"wrk on {url}: {done.stdout}{done.stderr}")
    return float(rate.group(1))


def _by_own_generator(target: Target) -> float:
    with multiprocessing.Pool(OWN_PROCESSES) as pool:
        counts = pool.starmap(_drive, [(target, worker) for worker in range(OWN_PROCESSES)], chunksize=1)
    return sum(counts) / SECONDS


def _drive(target: Target, worker: int) -> int:
    """How many requests one connection had answered in the time."""
    done = 0
    deadline = time.monotonic() + SECONDS
    with Connection(target.host, target.port) as connection:
        for number in count(worker, OWN_PROCESSES):
            if time.monotonic() >= deadline:
                break
            path = target.path_number(number % 1_000_000)
            response = connection.exchange(request_bytes("GET", path, target.headers))
            if not 200 <= response.status < 400:
                raise BenchError(f"{path} answered {response.status}: {response.body[:500]!r}")
            done += 1
    return done
