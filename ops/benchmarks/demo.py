"""A private Harrier with its own PostgreSQL and Redis, started and stopped by `harrier demo`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from .commands import Commands
from .errors import BenchError

START_SECONDS = 120
STOP_SECONDS = 60


@dataclass(frozen=True)
class Ready:
    """What the ready file says."""

    host: str
    port: int
    pid: int
    email: str
    password: str
    sensor_key: str
    database_url: str


def read_ready_file(path: Path) -> Ready:
    ready = json.loads(path.read_text(encoding="utf-8"))
    url = urlsplit(ready["url"])
    if url.hostname is None or url.port is None:
        raise BenchError(f"the ready file's url has no host or no port: {ready['url']}")
    return Ready(
        host=url.hostname,
        port=url.port,
        pid=ready["pid"],
        email=ready["admin"]["email"],
        password=ready["admin"]["password"],
        sensor_key=ready["sensor_key"],
        database_url=ready["database_url"],
    )


class Demo:
    """Runs `harrier demo --detach` in a folder of its own, which it removes at the end."""

    def __init__(
        self, binary: Path, root: Path, scratch: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._environment = {**os.environ, **(environment or {})}
        self._binary = binary
        self._root = root
        self._scratch = scratch
        self.folder = Path()
        self.ready = Ready("", 0, 0, "", "", "", "")

    def __enter__(self) -> Demo:
        self.folder = Path(tempfile.mkdtemp(prefix="hb-", dir=self._scratch))
        # PostgreSQL runs as another user when root starts it, and must get through to its own folder.
        self.folder.chmod(0o711)
        try:
            self._run("--no-replay", "--port", "0", "--detach", seconds=START_SECONDS)
            self.ready = read_ready_file(self.data / "ready.json")
        except BaseException:
            self._clean_up()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clean_up()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def commands(self) -> Commands:
        return Commands(self._binary, self._root, self.ready.database_url)

    def peak_resident_bytes(self) -> int:
        """The service's VmHWM, without its PostgreSQL and Redis."""
        status = Path(f"/proc/{self.ready.pid}/status").read_text(encoding="ascii")
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise BenchError(f"process {self.ready.pid} shows no VmHWM")

    def wait_until_idle(self, quiet_seconds: float = 0.5, limit_seconds: float = 60) -> None:
        """Returns once the service has used nearly no CPU time for a while: its backlog is done."""
        deadline = time.monotonic() + limit_seconds
        before = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(quiet_seconds)
            now = self.cpu_seconds()
            if now - before <= 0.04 * quiet_seconds:
                return
            before = now
        raise BenchError(f"the service was still busy {limit_seconds:.0f} s after the load ended")

    def cpu_seconds(self) -> float:
        """Processor time of the service so far, without its PostgreSQL and Redis."""
        stat = Path(f"/proc/{self.ready.pid}/stat").read_text(encoding="utf-8", errors="replace")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _run(self, *arguments: str, seconds: float) -> None:
        command = [str(self._binary), "demo", "--data", str(self.data), *arguments]
        log = self.folder / "demo.log"
        with log.open("ab") as output:
            done = subprocess.run(
                command,
                cwd=self._root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=seconds,
                check=False,
            )
        if done.returncode != 0:
            tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise BenchError(f"{' '.join(command)} exited with {done.returncode}:\n{tail}")

    def _clean_up(self) -> None:
        try:
            if self.ready.pid:
                self._stop()
            elif self.data.exists():
                # Broken off before it was ready: only the program itself knows the process.
                with contextlib.suppress(BenchError):
                    self._run("--stop", seconds=STOP_SECONDS)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self) -> None:
        """Ends the service, which ends its PostgreSQL and Redis, and waits until it is gone."""
        process = Path(f"/proc/{self.ready.pid}")
        deadline = time.monotonic() + STOP_SECONDS
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.ready.pid, signal.SIGTERM)
        while process.exists():
            if time.monotonic() > deadline:
                raise BenchError(f"harrier demo (process {self.ready.pid}) does not stop")
            time.sleep(0.05)
