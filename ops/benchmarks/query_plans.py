"""Writes `docs/query-plans.md`: how PostgreSQL answered each list, by the plans that it logged itself.

The statements are the service's own, as `auto_explain` saw them when the list was asked for over HTTP, so
that the page shows what runs.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .dataset import Dataset
from .errors import BenchError
from .http_client import Connection
from .installation import Installation, UncachedService
from .psql import Psql
from .query import Asker, make_keys, opened
from .query_cases import TENANTS, Case, Draw, event_cases, incident_cases
from .settings import Settings

PAGE = "docs/query-plans.md"
# Tables whose statements are the lists'; the service also reads keys, leases and the like.
TABLES = re.compile(
    r"\b(from|join)\s+(events|event_rollups|incidents|incident_terms|incident_tallies|incident_tally_changes)\b"
)
TENANT = re.compile(r"\borganization_id = \$\d+")
ALIKE_BUT_SOME = (
    "events 24 h",
    "incidents created_at",
    "incidents -updated_at",
    "incidents -last_event_at",
    "incidents -severity",
    "incidents -number",
)
SOME = ("first page", "severity=7..", "host", "src_ip, busiest", "all", "status + severity", "entity, host")
LOGGED = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_nested_statements": "off",
}
COSTS = re.compile(r"\s*\(cost=[0-9.]+ rows=\d+ width=\d+\)")
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Plan:
    """A statement and its plan, without costs."""

    statement: str
    lines: tuple[str, ...]

    @property
    def used(self) -> list[tuple[str, str]]:
        """The relations that were read with their indexes, in the order of the plan; the index is empty
        for a scan without one."""
        found: list[tuple[str, str]] = []
        for line in self.lines:
            scan = re.search(r"Scan(?: Backward)? using (\w+) on (\w+)", line)
            whole = re.search(r"(?:Seq Scan|Bitmap Heap Scan) on (\w+)", line)
            if "never executed" in line:
                continue
            if scan is not None:
                found.append((scan.group(2), scan.group(1)))
            elif whole is not None:
                found.append((whole.group(1), ""))
        return list(dict.fromkeys(found))

    @property
    def buffers(self) -> str:
        for line in self.lines:
            if "Buffers:" in line:
                return line.strip().removeprefix("Buffers: ")
        return "none"


def run(settings: Settings) -> None:
    with opened(settings) as (installation, dataset):
        keys = make_keys(installation, dataset)
        parts = [_head(dataset, installation)]
        with _logging(installation), UncachedService(settings.binary, settings.root, installation) as service:
            asker = Asker(service, keys)
            log = _Log(installation.postgres_log)
            with asker.connection() as connection:
                for case in _cases():
                    parts.append(_section(case, _capture(case, dataset, asker, connection, log), dataset))
    target = settings.root / PAGE
    partial = target.with_suffix(".partial")
    partial.write_text("\n".join(parts), encoding="utf-8")
    partial.replace(target)
    print(f"ops/bench: wrote {target}", file=sys.stderr)


def _cases() -> list[Case]:
    """The cases that say why they are fast; of ranges and orders that are planned alike only some."""
    return [
        case
        for case in event_cases() + incident_cases()
        if case.why and (not case.name.startswith(ALIKE_BUT_SOME) or case.name.partition(": ")[2] in SOME)
    ]


@contextmanager
def _logging(installation: Installation) -> Iterator[None]:
    """The server logs every plan meanwhile."""
    try:
        with Psql(installation.ready.database_url) as psql:
            # Its settings are unknown to a session that has not loaded it.
            psql.run("load 'auto_explain';")
            for name, value in LOGGED.items():
                psql.run(f"alter system set {name} = '{value}';")
        installation.restart()
        yield
    finally:
        with Psql(installation.ready.database_url) as psql:
            psql.run("alter system reset all;")
        installation.restart()


class _Log:
    """The server's log, read as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = path.stat().st_size

    def skip(self) -> None:
        self._position = self._path.stat().st_size

    def plans(self) -> list[Plan]:
        """The plans of lists that were logged since the last look, each statement once."""
        with self._path.open("rb") as log:
            log.seek(self._position)
            text = log.read().decode("utf-8", errors="replace")
        self._position += len(text.encode())
        found: dict[str, Plan] = {}
        for entry in re.split(r"^(?=\d{4}-\d\d-\d\d )", text, flags=re.MULTILINE):
            head, _, body = entry.partition("plan:\n\tQuery Text: ")
            if not body or "duration:" not in head:
                continue
            plan = _plan(body)
            if TABLES.search(plan.statement) and TENANT.search(plan.statement):
                found[plan.statement] = plan
        return list(found.values())


def _plan(body: str) -> Plan:
    """What auto_explain logged behind "Query Text: "; lines but the first begin with a tab."""
    lines = [line.removeprefix("\t") for line in body.rstrip("\n").split("\n")]
    begin = next((n for n, line in enumerate(lines) if COSTS.search(line)), len(lines))
    statement = [line for line in lines[:begin] if not line.startswith("Query Parameters:")]
    return Plan("\n".join(statement).strip(), tuple(COSTS.sub(" ", line).rstrip() for line in lines[begin:]))


def _capture(case: Case, dataset: Dataset, asker: Asker, connection: Connection, log: _Log) -> list[Plan]:
    """The plans of the second of two requests, when what they read is in memory."""
    tenant = TENANTS[0]
    path = case.path(Draw(dataset, tenant, case.name))
    asker.milliseconds(connection, tenant.rank, path)
    time.sleep(PAUSE_SECONDS)
    log.skip()
    asker.milliseconds(connection, tenant.rank, path)
    time.sleep(PAUSE_SECONDS)
    plans = log.plans()
    if not plans:
        raise BenchError(f"no plan was logged of {path}")
    return plans


def _head(dataset: Dataset, installation: Installation) -> str:
    with Psql(installation.ready.database_url) as psql:
        version = psql.value("show server_version;")
        partitions = psql.value(
            "select string_agg(relid::text, ', ' order by relid::text) "
            "from pg_partition_tree('events') where isleaf;"
        )
    return f"""# Query plans

How PostgreSQL {version} answers each list. Written by `ops/bench query --explain`, which asks the service
over HTTP and takes the statements and plans from the server's own log (`auto_explain`). They run as the role
`harrier_tenant`, under row-level security with `harrier.organization` set, on {dataset.events:,} events of 50
organizations in four months and {dataset.incidents:,} incidents of the largest one, which has a quarter of
the events and is the one that asks. The partitions are {partitions}.

`never executed` marks a partition that was not needed, since newer ones filled the page. What lies outside
the range is not even in the plan.
"""


def _section(case: Case, plans: list[Plan], dataset: Dataset) -> str:
    lines = [f"## {case.name}", ""]
    used = list(dict.fromkeys(pair for plan in plans for pair in plan.used))
    read = ", ".join(f"`{relation}` by `{index}`" if index else f"`{relation}`" for relation, index in used)
    buffers = "; ".join(plan.buffers for plan in plans)
    lines += [f"{case.why}  ", f"Read: {read or 'nothing'}. Buffers: {buffers}.", ""]
    lines += ["<details><summary>Statements and plans</summary>", ""]
    for plan in plans:
        lines += ["```sql", plan.statement, "```", "", "```text", *plan.lines, "```", ""]
    return "\n".join([*lines, "</details>", ""])
