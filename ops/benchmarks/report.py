"""Pairs of measurements, the table of them and `bench.json`."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .measurement import Measurement


@dataclass
class Comparison:
    """Two sides measured in turns. `ratio` is ours divided by the reference."""

    name: str
    ours: str
    reference: str
    unit: str
    pairs: list[tuple[float, float]]
    notes: dict[str, str] = field(default_factory=dict)

    def ratios(self) -> list[float]:
        return [ours / reference for ours, reference in self.pairs]

    def as_json(self) -> dict[str, object]:
        ratios = self.ratios()
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": {"what": self.ours, **_spread([ours for ours, _ in self.pairs])},
            "reference": {"what": self.reference, **_spread([other for _, other in self.pairs])},
            "ratio": _spread(ratios),
            "pairs": [list(pair) for pair in self.pairs],
            "notes": self.notes,
        }


def measure_pairs(
    count: int, ours: Callable[[], float], reference: Callable[[], float]
) -> list[tuple[float, float]]:
    """Measures both sides `count` times, in turns, and swaps who goes first from pair to pair."""
    pairs: list[tuple[float, float]] = []
    for index in range(count):
        if index % 2 == 0:
            left = ours()
            right = reference()
        else:
            right = reference()
            left = ours()
        pairs.append((left, right))
    return pairs


def percentile(values: Iterable[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def table(comparisons: list[Comparison]) -> str:
    """Both sides, the median of the ratios and their range, a line a comparison."""
    head = ["benchmark", "unit", "ours", "", "reference", "", "ratio", "min–max", "pairs"]
    rows = [head] + [_row(comparison) for comparison in comparisons]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    numbers = {2, 4, 6, 8}
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def write_json(
    path: Path, root: Path, comparisons: list[Comparison], measurements: list[Measurement]
) -> None:
    """Writes `bench.json`, whole or not at all."""
    document = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": _commit(root),
        "machine": _machine(),
        "comparisons": [comparison.as_json() for comparison in comparisons],
        "measurements": [measurement.as_json() for measurement in measurements],
    }
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def _row(comparison: Comparison) -> list[str]:
    ours = statistics.median(ours for ours, _ in comparison.pairs)
    reference = statistics.median(other for _, other in comparison.pairs)
    ratios = comparison.ratios()
    return [
        comparison.name,
        comparison.unit,
        _number(ours),
        comparison.ours,
        _number(reference),
        comparison.reference,
        f"{statistics.median(ratios):.3f}",
        f"{min(ratios):.3f}–{max(ratios):.3f}",
        str(len(ratios)),
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def _commit(root: Path) -> str:
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _machine() -> dict[str, object]:
    return {
        "processors": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "load_average": os.getloadavg()[0],
    }
