"""Quantiles of many questions, as a table and for `bench.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass
class Measurement:
    """How long one kind of question takes. Cold is the median of first requests after a restart."""

    name: str
    subject: str
    unit: str
    p50: float
    p95: float
    p99: float
    cold: float
    count: int
    target_p95: float | None
    failure: str = ""
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def is_met(self) -> bool | None:
        """None without a target."""
        if self.failure:
            return False
        return None if self.target_p95 is None else self.p95 < self.target_p95

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "is_met": self.is_met}


def measurement_table(measurements: list[Measurement]) -> str:
    """A line a question, then which targets are met."""
    head = ["question", "tenant", "p50", "p95", "p99", "cold", "asked", "target p95", ""]
    rows = [head] + [_row(measurement) for measurement in measurements]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column in (0, 1, 8) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", *_summary(measurements)])


def _row(measurement: Measurement) -> list[str]:
    target = "" if measurement.target_p95 is None else f"{measurement.target_p95:.0f}"
    verdict = {True: "met", False: "MISSED", None: ""}[measurement.is_met]
    times = [measurement.p50, measurement.p95, measurement.p99, measurement.cold]
    return [
        measurement.name,
        measurement.subject,
        *(f"{value:.1f}" for value in times),
        str(measurement.count),
        target,
        "FAILED" if measurement.failure else verdict,
    ]


def _summary(measurements: list[Measurement]) -> list[str]:
    """For each target how many questions meet it, and by how much the worst misses."""
    lines: list[str] = []
    for kind in ("events", "histogram", "incidents"):
        bound = [m for m in measurements if m.name.startswith(kind) and m.target_p95 is not None]
        if not bound:
            continue
        worst = max(bound, key=lambda m: m.p95)
        met = sum(m.is_met is True for m in bound)
        lines.append(
            f"{kind}: p95 under {worst.target_p95:.0f} ms is met by {met} of {len(bound)}; "
            f"worst {worst.p95:.1f} ms ({worst.name}, {worst.subject})"
        )
    failed = sum(bool(m.failure) for m in measurements)
    return [*lines, f"{failed} questions were answered with an error"] if failed else lines
