"""What the command line says, as the benchmarks read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .material import generated, windows

SEED = 20_261_121


@dataclass(frozen=True)
class Settings:
    root: Path
    binary: Path
    scratch: Path
    pairs: int
    event_count: int
    material: str
    # What `latency` adds to Harrier's own rules; None is all SigmaHQ rules of the shared data.
    rules: Path | None = None
    # Events a second that flow while `latency` measures.
    rate: int = 20_000
    # Where `query` keeps its dataset; None makes it anew and removes it.
    data: Path | None = None
    # Events of that dataset; None is as many as `query` wants.
    dataset_events: int | None = None

    def events(self) -> list[bytes]:
        """The material of the load; the same for each call."""
        if self.material == "windows":
            return windows(self.root, self.event_count)
        return generated(SEED, self.event_count)
