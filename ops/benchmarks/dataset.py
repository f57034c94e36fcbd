"""The analysts' dataset: loaded once into an installation's folder, then used again."""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from functools import partial

from . import dataset_sql
from .dataset_sql import ORGANIZATIONS, organization_weights
from .errors import BenchError
from .installation import Installation
from .psql import Psql

# Grows with each change of what is made, so that no old dataset is taken for a new one.
VERSION = 3
MONTHS = 4
# Of all events, those of the last day, and of what is left, those of the month that it is in.
DAY_SHARE = 0.1
MONTH_SHARE = 0.4
INCIDENTS_OF_LARGEST = 1_000_000
INCIDENTS_OF_OTHERS = 20_000
INCIDENT_PART = 50_000
BYTES_AN_EVENT = 800
LOADERS = 2
SEED = 20_261_129


@dataclass(frozen=True)
class Dataset:
    """What is in the database. Organizations are named by rank, the largest is 1."""

    version: int
    events: int
    incidents: int
    first_organization: int
    # RFC 3339; no event lies at or behind the end.
    start: str
    end: str

    def organization(self, rank: int) -> int:
        return self.first_organization + rank - 1

    def slug(self, rank: int) -> str:
        return f"bench-{rank:02}"

    def events_of(self, rank: int) -> int:
        """About how many events the organization has."""
        return round(self.events * organization_weights()[rank - 1])

    @property
    def end_time(self) -> datetime:
        return datetime.fromisoformat(self.end)

    @property
    def start_time(self) -> datetime:
        return datetime.fromisoformat(self.start)


def load(installation: Installation, events: int, incidents: int) -> Dataset:
    """The dataset of the installation's folder, made if there is none."""
    stamp = installation.folder / "dataset.json"
    if stamp.exists():
        found = Dataset(**json.loads(stamp.read_text(encoding="utf-8")))
        if (found.version, found.events, found.incidents) != (VERSION, events, incidents):
            raise BenchError(
                f"{installation.folder} holds another dataset ({found.events} events, {found.incidents} "
                "incidents): give its numbers, or another folder, or remove it"
            )
        return found
    free = shutil.disk_usage(installation.folder).free
    needed = events * BYTES_AN_EVENT + incidents * 4096
    if free < needed:
        raise BenchError(f"{needed >> 20} MiB are needed in {installation.folder}, {free >> 20} are free")
    made = _Loader(installation, events, incidents).run()
    unfinished = stamp.with_suffix(".partial")
    unfinished.write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
    unfinished.replace(stamp)
    return made


@dataclass(frozen=True)
class _Month:
    table: str
    begin: datetime
    end: datetime
    # What is made in it: from, to, rows.
    stretches: list[tuple[datetime, datetime, int]]


class _Loader:
    """Loads without write-ahead log, as `wal_level=minimal` allows for tables of the same transaction."""

    def __init__(self, installation: Installation, events: int, incidents: int) -> None:
        self._installation = installation
        self._events = events
        self._incidents = incidents
        self._end = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
        self._months = _months(self._end, events)

    def run(self) -> Dataset:
        self._configure({"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "16GB"})
        with self._psql() as psql:
            if int(psql.value("select count(*) from (select from events limit 1) e;")):
                raise BenchError(f"{self._installation.folder} has events already: give an empty folder")
            psql.run(dataset_sql.make_organizations())
            first = int(psql.value("select min(id) from organizations where slug like 'bench-__';"))
            count = int(psql.value("select count(*) from organizations where slug like 'bench-__';"))
            last = int(psql.value("select max(id) from organizations where slug like 'bench-__';"))
            if (count, last - first + 1) != (ORGANIZATIONS, ORGANIZATIONS):
                raise BenchError("the organizations of the dataset have no ids in a row")
        self._say(f"loading {self._events:,} events")
        self._all([partial(self._load_month, month, first) for month in self._months])
        self._say(f"loading {self._incidents:,} incidents")
        self._all(self._incident_work(first))
        self._say("counting, vacuum, analyze")
        with self._psql() as psql:
            if psql.value("select to_regclass('event_rollups') is not null;") == "t":
                psql.run(_ROLLUPS)
            psql.run("vacuum (freeze, analyze); analyze events; checkpoint;")
        self._configure({})
        return Dataset(
            VERSION,
            self._events,
            self._incidents,
            first,
            self._months[0].begin.isoformat(),
            self._end.isoformat(),
        )

    def _configure(self, settings: dict[str, str]) -> None:
        """Starts the servers anew with these settings beside the service's own."""
        with self._psql() as psql:
            psql.run("alter system reset all;")
            for name, value in settings.items():
                psql.run(f"alter system set {name} = '{value}';")
        self._installation.restart()

    def _load_month(self, month: _Month, first_organization: int) -> None:
        with self._psql() as psql:
            # The service made the month ahead of time; it is empty.
            psql.run(
                f"""
set maintenance_work_mem = '512MB';
select setseed({(month.begin.month % 10) / 10});
drop table if exists {month.table};
begin;
create table {month.table} (like events including defaults including constraints);
"""
            )
            batch = month.begin.month * 10_000_000
            for begin, end, rows in month.stretches:
                oldest = month is self._months[0]
                psql.run(
                    dataset_sql.make_events(
                        month.table, first_organization, begin, end, rows, oldest=oldest, batch=batch
                    )
                )
                batch += rows // 2000 + 1
            for (definition,) in psql.run(_INDEXES):
                psql.run(_index_on(definition, month.table))
            psql.run(
                f"""
alter table events attach partition {month.table}
for values from ('{month.begin.isoformat()}') to ('{month.end.isoformat()}');
commit;
"""
            )
        self._say(f"  {month.table}: {sum(rows for _, _, rows in month.stretches):,} events")

    def _incident_work(self, first: int) -> list[Callable[[], None]]:
        """The largest organization's in two halves of numbers; then a middle and the smallest one's."""
        start, end = self._months[0].begin, self._end

        def make(organization: int, count: int, low: int, high: int) -> None:
            with self._psql() as psql:
                for begin in range(low, high, INCIDENT_PART):
                    part = (begin + 1, min(begin + INCIDENT_PART, high))
                    psql.run(dataset_sql.make_incidents(organization, count, part, start, end, SEED + begin))

        others = min(INCIDENTS_OF_OTHERS, self._incidents)
        half = self._incidents // 2
        work = [(first, self._incidents, 0, half), (first, self._incidents, half, self._incidents)]
        work += [(first + rank - 1, others, 0, others) for rank in (MIDDLE, ORGANIZATIONS)]
        return [partial(make, *part) for part in work]

    def _all(self, work: list[Callable[[], None]]) -> None:
        """Does the work in `LOADERS` threads."""
        failures: list[Exception] = []
        waiting = list(reversed(work))
        lock = threading.Lock()

        def run() -> None:
            while True:
                with lock:
                    if not waiting or failures:
                        return
                    part = waiting.pop()
                try:
                    part()
                except Exception as error:  # Raised again by the thread that waits.
                    failures.append(error)

        threads = [threading.Thread(target=run, daemon=True) for _ in range(LOADERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _psql(self) -> Psql:
        return Psql(self._installation.ready.database_url)

    def _say(self, text: str) -> None:
        print(f"ops/bench:   {text}", file=sys.stderr, flush=True)


# The rank of the organization that is measured as the middle one.
MIDDLE = 12

_INDEXES = """
select pg_get_indexdef(indexrelid)
from pg_index
where indrelid = 'events'::regclass
order by indexrelid;
"""
_INDEX = re.compile(r"^(CREATE (?:UNIQUE )?INDEX) \S+ ON ONLY (?:\S+\.)?events (USING .*)$")

_PARTS = [f"m{minute:02}" for minute in range(0, 60, 5)]
_ROLLUPS = f"""
insert into event_rollups (
  organization_id, hour, severity, source_type, writer_id, events, {", ".join(_PARTS)})
select organization_id, date_trunc('hour', ts, 'UTC'), severity, source_type, 0, count(*),
  {", ".join(f"count(*) filter (where part = {number})" for number in range(len(_PARTS)))}
from (select *, extract(minute from ts at time zone 'UTC')::int / 5 as part from events) stored
group by 1, 2, 3, 4
order by 1, 2, 3, 4
on conflict do nothing;
"""


def _index_on(definition: str, table: str) -> str:
    """An index of the parent as one of its partition's own, which attaching the partition takes over."""
    match = _INDEX.match(definition)
    if match is None:
        raise BenchError(f"an index of events is not understood: {definition}")
    return f"{match.group(1)} ON {table} {match.group(2)};"


def _months(end: datetime, events: int) -> list[_Month]:
    """The months of the dataset, oldest first: the last one has the most events, its last day above all."""
    begin = end.replace(day=1, hour=0)
    begins = [begin]
    while len(begins) < MONTHS:
        begins.insert(0, (begins[0] - timedelta(days=1)).replace(day=1))
    last_day = max(end - timedelta(days=1), begin)
    day_rows = round(events * DAY_SHARE)
    month_rows = round((events - day_rows) * MONTH_SHARE) if last_day > begin else 0
    old_rows = events - day_rows - month_rows
    months: list[_Month] = []
    for index, start in enumerate(begins):
        stop = (start + timedelta(days=32)).replace(day=1)
        rows = old_rows * (index + 1) // (MONTHS - 1) - old_rows * index // (MONTHS - 1)
        stretches = [(start, stop, rows)]
        if index == MONTHS - 1:
            stretches = [(start, last_day, month_rows), (last_day, end, day_rows)]
        table = f"events_{start.year}_{start.month:02}"
        months.append(_Month(table, start, stop, [s for s in stretches if s[2] > 0]))
    return months
