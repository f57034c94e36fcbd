"""`match`: scan, fields and all rules of an event on one core, against the naive evaluator of the same rules.

The naive evaluator takes a sample, being slow, and must give the matcher's answer for each event of it.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import BenchError
from .material import shared_data
from .report import Comparison, measure_pairs
from .settings import Settings

NAIVE_SAMPLE = 200
# Each measurement reads about so many events, the small material several times over.
EVENTS_A_MEASUREMENT = 160_000
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Material:
    """Events as two files: mapped already, and as raw records of the same events."""

    name: str
    mapped: Path
    raw: Path
    count: int


def run(settings: Settings) -> list[Comparison]:
    needed = (_rules_archive(settings.root), *_event_files(settings.root))
    absent = [path for path in needed if not path.exists()]
    if absent:
        print(f"ops/bench: match skipped: {absent[0]} is absent", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory(prefix="hm-", dir=settings.scratch) as folder:
        rules = unpack_rules(settings.root, Path(folder))
        comparisons: list[Comparison] = []
        for material in _materials(settings.root, Path(folder)):
            for form, path in (("mapped", material.mapped), ("raw", material.raw)):
                comparisons.append(_compare(settings, rules, material, form, path))
        return comparisons


def unpack_rules(root: Path, folder: Path) -> Path:
    """The SigmaHQ rules of the shared data, as a directory."""
    with tarfile.open(_rules_archive(root)) as archive:
        archive.extractall(folder / "rules", filter="data")
    return folder / "rules"


def shared_rules_present(root: Path) -> bool:
    return _rules_archive(root).exists()


def _compare(settings: Settings, folder: Path, material: Material, form: str, path: Path) -> Comparison:
    passes = max(1, EVENTS_A_MEASUREMENT // material.count)
    seen: list[dict[str, object]] = []
    naive_seen: list[dict[str, object]] = []

    def ours() -> float:
        seen.append(_measure(settings.binary, folder, path, ["--passes", str(passes)]))
        return _rate(seen[-1])

    def reference() -> float:
        sample = ["--evaluator", "naive", "--sample", str(NAIVE_SAMPLE)]
        naive_seen.append(_measure(settings.binary, folder, path, sample))
        return _rate(naive_seen[-1])

    pairs = measure_pairs(settings.pairs, ours, reference)
    report = seen[-1]
    count, size = _number(report, "events"), _number(report, "bytes")
    rate = sorted(rate for rate, _ in pairs)[len(pairs) // 2]
    rules = _number(report, "rules")
    fields = "load of the fields" if form == "mapped" else "normalization"
    return Comparison(
        name=f"match {material.name}, {form}",
        ours=f"JSON scan, {fields}, all rules",
        reference="naive evaluator",
        unit="events/s a core",
        pairs=pairs,
        notes={
            "material": f"{count:.0f} events of {size / count:.0f} bytes in memory, {passes} passes after "
            "one that is not measured",
            "rules": f"{rules:.0f}; {rate * rules / 1e6:,.0f} million rules/s (rules times events)",
            "time": "processor time of the one thread; by the clock "
            + ", ".join(f"{_rate(one, 'seconds'):,.0f}" for one in seen),
            "matches a pass": str(_passes(report)[0]["matches"]),
            "compilation": f"{_number(report, 'compile_seconds') * 1000:.0f} ms for all rules, once parsed",
            "peak memory": f"{_number(report, 'peak_resident_bytes') / MEBIBYTE:.0f} MiB (VmHWM), "
            f"{path.stat().st_size / MEBIBYTE:.0f} of them the events; "
            f"naive {_number(naive_seen[-1], 'peak_resident_bytes') / MEBIBYTE:.0f} MiB",
            "reference": f"{_number(naive_seen[-1], 'events'):.0f} events, evenly spread; "
            "its answers equal the matcher's on each",
        },
    )


def _measure(binary: Path, rules: Path, events: Path, options: list[str]) -> dict[str, object]:
    command = [str(binary), "rule", "bench", "--rules", str(rules), *options, str(events)]
    core = max(os.sched_getaffinity(0))
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)} exited with {done.returncode}:\n{done.stderr[-2000:]}")
    report = json.loads(done.stdout)
    if not isinstance(report, dict):
        raise BenchError("rule bench printed no JSON object")
    return report


def _rate(report: dict[str, object], clock: str = "cpu_seconds") -> float:
    """Events a second of the median pass."""
    seconds = sorted(float(str(one[clock])) for one in _passes(report))
    return _number(report, "events") / seconds[len(seconds) // 2]


def _passes(report: dict[str, object]) -> list[dict[str, object]]:
    passes = report["passes"]
    if not isinstance(passes, list) or not passes:
        raise BenchError("rule bench printed no passes")
    return passes


def _number(report: dict[str, object], name: str) -> float:
    return float(str(report[name]))


def _rules_archive(root: Path) -> Path:
    return shared_data(root) / "sigma/sigmahq-rules.tar.gz"


def _event_files(root: Path) -> tuple[Path, Path, Path]:
    data = shared_data(root)
    return (
        data / "events/mordor-windows-80k.jsonl.gz",
        data / "sigma/evtx.events.jsonl.gz",
        data / "sigma/evtx.raw.jsonl.gz",
    )


def _materials(root: Path, folder: Path) -> Iterator[Material]:
    """All of mordor, as its own flat records; and the process creations of it and of the EVTX samples."""
    mordor, evtx, evtx_raw = _event_files(root)
    windows = list(_lines(mordor))
    flat = [_compact(json.loads(line)["fields"]) for line in windows]
    yield _write(folder, "mordor", windows, flat)
    chosen = [index for index, line in enumerate(windows) if _is_process_creation(line)]
    mapped = [line for line in _lines(evtx) if _is_process_creation(line)]
    identifiers = {json.loads(line)["event_id"] for line in mapped}
    raw = [
        _compact(record["event"])
        for record in map(json.loads, _lines(evtx_raw))
        if record["event_id"] in identifiers
    ]
    yield _write(
        folder,
        "process creation",
        mapped + [windows[index] for index in chosen],
        raw + [flat[index] for index in chosen],
    )


def _write(folder: Path, name: str, mapped: list[str], raw: list[str]) -> Material:
    material = Material(name, folder / f"{name}.mapped", folder / f"{name}.raw", len(mapped))
    material.mapped.write_text("\n".join(mapped) + "\n", encoding="utf-8")
    material.raw.write_text("\n".join(raw) + "\n", encoding="utf-8")
    return material


def _is_process_creation(line: str) -> bool:
    return any(source[0] == "process_creation" for source in json.loads(line)["logsources"])


def _compact(record: object) -> str:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")
