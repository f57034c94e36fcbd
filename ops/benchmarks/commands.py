"""Harrier's own commands on the database of a private installation."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .errors import BenchError


class Commands:
    def __init__(self, binary: Path, root: Path, database_url: str) -> None:
        self._binary = binary
        self._root = root
        self._database_url = database_url

    def run(self, *arguments: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            [str(self._binary), *arguments],
            cwd=self._root,
            env={**os.environ, "HARRIER_DATABASE_URL": self._database_url},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        if done.returncode != 0:
            raise BenchError(f"harrier {arguments[0]} exited with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def make_organization(self, slug: str) -> None:
        self.run("org", "create", "--slug", slug)

    def make_key(self, organization: str, scopes: str) -> str:
        """An API key whose rate is not limited."""
        tier = ["--tier", "unlimited"] if "--tier" in self.run("key", "create", "--help") else []
        return self.run("key", "create", "--org", organization, "--name", "bench", "--scopes", scopes, *tier)
