"""One open psql session, driven through pipes, so that no statement pays for starting a process."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from .errors import BenchError


def find_psql() -> str:
    """psql on the PATH, or the newest of Debian's server packages."""
    found = shutil.which("psql")
    if found:
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"), key=lambda p: int(p.parts[4]))
    if not versions:
        raise BenchError("psql is missing: run ops/setup")
    return str(versions[-1])


class Psql:
    """`run` returns the rows of what it was given, fields separated by tabs."""

    def __init__(self, database_url: str) -> None:
        self._errors = tempfile.TemporaryFile(mode="w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [find_psql(), "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            bufsize=1 << 16,
        )
        self.run("set client_min_messages = warning;")

    def __enter__(self) -> Psql:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, script: str) -> list[list[str]]:
        """Runs statements and psql's own commands; returns when the last one is done."""
        standard_in, standard_out = self._process.stdin, self._process.stdout
        assert standard_in is not None and standard_out is not None
        mark = f"done-{secrets.token_hex(8)}"
        try:
            standard_in.write(f"{script}\n\\echo {mark}\n")
            standard_in.flush()
        except BrokenPipeError:
            raise BenchError(f"psql ended: {self._read_errors()}") from None
        rows: list[list[str]] = []
        for line in standard_out:
            text = line.rstrip("\n")
            if text == mark:
                return rows
            rows.append(text.split("\t"))
        raise BenchError(f"psql ended: {self._read_errors()}")

    def value(self, query: str) -> str:
        """The only field of the only row."""
        rows = self.run(query)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise BenchError(f"one value was expected of: {query}")
        return rows[0][0]

    def close(self) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            # A session that has ended by itself is as good as closed.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def _read_errors(self) -> str:
        self._process.wait(timeout=30)
        self._errors.seek(0)
        return self._errors.read().strip()[-2000:]
