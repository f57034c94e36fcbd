"""A Harrier whose data is kept: servers and service in a folder, and services without a cache beside it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

from .commands import Commands
from .demo import Ready, read_ready_file
from .errors import BenchError

# Migrations of a large dataset run before the service answers.
START_SECONDS = 3600
STOP_SECONDS = 120
LISTENING = re.compile(r"listening on http://([^:/\s]+):(\d+)")


class Installation:
    """Runs `harrier demo` in the foreground on a folder that stays; its PostgreSQL has the settings that
    the service recommends."""

    def __init__(self, binary: Path, root: Path, folder: Path) -> None:
        self._binary = binary
        self._root = root
        self._folder = folder.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self.ready = Ready("", 0, 0, "", "", "", "")

    def __enter__(self) -> Installation:
        self._folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL runs as another user when root starts it, and must get through to its own folder.
        self._folder.chmod(0o711)
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def postgres_log(self) -> Path:
        return self._folder / "postgres/postgres.log"

    def start(self) -> None:
        ready_file = self._folder / "ready.json"
        ready_file.unlink(missing_ok=True)
        log = self._folder / "bench.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(self._binary), "demo", "--data", str(self._folder), "--no-replay", "--port", "0"],
                cwd=self._root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + START_SECONDS
        while not ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise BenchError(f"harrier demo did not start in {self._folder}:\n{tail}")
            time.sleep(0.05)
        self.ready = read_ready_file(ready_file)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process)

    def restart(self) -> None:
        """The same with PostgreSQL's own memory empty; the system's memory of its files stays."""
        self.stop()
        self.start()

    @property
    def commands(self) -> Commands:
        return Commands(self._binary, self._root, self.ready.database_url)


class UncachedService:
    """`harrier serve` on an installation's database, without Redis: each request reaches PostgreSQL."""

    def __init__(self, binary: Path, root: Path, installation: Installation) -> None:
        self._binary = binary
        self._root = root
        self._installation = installation
        self._process: subprocess.Popen[bytes] | None = None
        self.host = ""
        self.port = 0

    def __enter__(self) -> UncachedService:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self) -> None:
        log = self._installation.folder / "uncached.log"
        own = {name: value for name, value in os.environ.items() if name != "HARRIER_REDIS_URL"}
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [str(self._binary), "serve", "--roles", "api", "--host", "127.0.0.1", "--port", "0"],
                cwd=self._root,
                env={
                    **own,
                    "HARRIER_DATABASE_URL": self._installation.ready.database_url,
                    "HARRIER_LOG_LEVEL": "error",
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + 120
        while True:
            said = log.read_text(encoding="utf-8", errors="replace")
            found = LISTENING.search(said)
            if found is not None:
                self.host, self.port = found.group(1), int(found.group(2))
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"harrier serve did not start:\n{said[-2000:]}")
            time.sleep(0.05)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks a process to end, and waits until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)
        raise BenchError(f"process {process.pid} did not end and was killed") from None
