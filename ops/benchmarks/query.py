"""`query`: what analysts ask, over HTTP, of 20 million events in four months and a million incidents.

The service that is measured has no cache, so that each request reaches PostgreSQL. Warm is measured in
rounds, each of every question in turn; cold after PostgreSQL was restarted, which empties its own memory but
not the system's memory of its files.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import dataset as data
from .dataset import Dataset
from .errors import BenchError
from .http_client import Connection, request_bytes
from .installation import Installation, UncachedService
from .measurement import Measurement, measurement_table
from .psql import Psql
from .query_cases import PAGE, TENANTS, Case, Draw, Tenant, event_cases, incident_cases
from .query_pages import compare_pages
from .report import Comparison, percentile
from .settings import Settings

PATHS_A_QUESTION = 20
REQUESTS_A_ROUND = 20
# A question that takes this long in all is asked no more, but at least `FEWEST` times.
PATIENCE_SECONDS = 20.0
FEWEST = 10
COLD_STARTS = 3
SCOPES = "events:read,incidents:read"
DATASET_EVENTS = 20_000_000


@dataclass
class Question:
    """A case for one tenant, and how long its answers took, in ms."""

    case: Case
    tenant: Tenant
    paths: list[str]
    rounds: list[list[float]] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    failure: str = ""

    @property
    def times(self) -> list[float]:
        return [time for times in self.rounds for time in times]

    @property
    def is_over(self) -> bool:
        return bool(self.failure) or (len(self.times) >= FEWEST and sum(self.times) > PATIENCE_SECONDS * 1000)


def run(settings: Settings) -> list[Comparison | Measurement]:
    with opened(settings) as (installation, dataset):
        keys = make_keys(installation, dataset)
        questions = make_questions(dataset)
        with UncachedService(settings.binary, settings.root, installation) as service:
            asker = Asker(service, keys)
            _warm_up(asker, questions)
            for number in range(settings.pairs):
                _say(f"round {number + 1} of {settings.pairs}")
                _ask_all(asker, questions)
            pages, failed = compare_pages(service, keys, dataset, settings.pairs)
        for number in range(COLD_STARTS):
            _say(f"cold start {number + 1} of {COLD_STARTS}")
            installation.restart()
            with UncachedService(settings.binary, settings.root, installation) as service:
                _ask_cold(Asker(service, keys), questions, number)
        with Psql(installation.ready.database_url) as psql:
            about = _sizes(psql, dataset)
    found = [_measurement(question, about) for question in questions] + failed
    print(measurement_table(found))
    return [*_comparisons(questions, about), *pages, *found]


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Installation, Dataset]]:
    """The installation with the dataset: in the folder that was asked for, which stays, or in a new one."""
    events = settings.dataset_events or DATASET_EVENTS
    incidents = min(data.INCIDENTS_OF_LARGEST, max(1000, events // 10))
    with tempfile.TemporaryDirectory(prefix="hq-", dir=settings.scratch) as scratch:
        Path(scratch).chmod(0o711)
        folder = settings.data or Path(scratch) / "data"
        with Installation(settings.binary, settings.root, folder) as installation:
            yield installation, data.load(installation, events, incidents)


def make_keys(installation: Installation, dataset: Dataset) -> dict[int, str]:
    """A key of each tenant that is asked for, by its rank."""
    commands = installation.commands
    return {tenant.rank: commands.make_key(dataset.slug(tenant.rank), SCOPES) for tenant in TENANTS}


def make_questions(dataset: Dataset) -> list[Question]:
    questions: list[Question] = []
    for case in event_cases() + incident_cases():
        for tenant in TENANTS:
            draw = Draw(dataset, tenant, f"{case.name} {tenant.name}")
            questions.append(Question(case, tenant, [case.path(draw) for _ in range(PATHS_A_QUESTION)]))
    return questions


class Asker:
    """Asks with a tenant's key, one request at a time."""

    def __init__(self, service: UncachedService, keys: dict[int, str]) -> None:
        self._service = service
        self._keys = keys

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        with Connection(self._service.host, self._service.port) as connection:
            yield connection

    def milliseconds(self, connection: Connection, rank: int, path: str) -> float:
        request = request_bytes("GET", path, {"Authorization": f"Bearer {self._keys[rank]}"})
        begin = time.perf_counter()
        response = connection.exchange(request)
        taken = (time.perf_counter() - begin) * 1000
        if response.status != 200:
            raise BenchError(f"{path} answered {response.status}: {response.body[:200]!r}")
        return taken


def _ask(asker: Asker, connection: Connection, question: Question, path: str) -> float | None:
    """Nil where the answer was an error, which ends the question."""
    try:
        return asker.milliseconds(connection, question.tenant.rank, path)
    except BenchError as error:
        if not question.failure:
            print(f"ops/bench: {question.case.name}, {question.tenant.name}: {error}", file=sys.stderr)
        question.failure = str(error)
        return None


def _warm_up(asker: Asker, questions: list[Question]) -> None:
    _say(f"warming up with {len(questions)} questions")
    with asker.connection() as connection:
        for question in questions:
            spent = 0.0
            for path in question.paths:
                spent += _ask(asker, connection, question, path) or 0.0
                if question.failure or spent > PATIENCE_SECONDS * 1000 / 4:
                    break


def _ask_all(asker: Asker, questions: list[Question]) -> None:
    """One round: every question `REQUESTS_A_ROUND` times, in an order of its own."""
    order = [question for question in questions if not question.is_over]
    random.Random(len(order)).shuffle(order)
    with asker.connection() as connection:
        for question in order:
            times: list[float] = []
            question.rounds.append(times)
            for number in range(REQUESTS_A_ROUND):
                if question.is_over:
                    break
                taken = _ask(asker, connection, question, question.paths[number % len(question.paths)])
                if taken is not None:
                    times.append(taken)


def _ask_cold(asker: Asker, questions: list[Question], number: int) -> None:
    order = [question for question in questions if not question.failure]
    random.Random(number).shuffle(order)
    with asker.connection() as connection:
        # Its connections to the database, and what it learns on the first request, are not measured.
        for tenant in TENANTS:
            asker.milliseconds(connection, tenant.rank, "/api/incidents?limit=1&sort=number")
        for question in order:
            taken = _ask(asker, connection, question, question.paths[number])
            if taken is not None:
                question.cold.append(taken)


def _measurement(question: Question, about: dict[str, str]) -> Measurement:
    times = question.times
    return Measurement(
        name=question.case.name,
        subject=question.tenant.name,
        unit="ms",
        p50=percentile(times, 50) if times else 0,
        p95=percentile(times, 95) if times else 0,
        p99=percentile(times, 99) if times else 0,
        cold=statistics.median(question.cold) if question.cold else 0,
        count=len(times),
        target_p95=question.case.target_ms,
        failure=question.failure,
        notes={"request": question.paths[0], **about},
    )


def _comparisons(questions: list[Question], about: dict[str, str]) -> list[Comparison]:
    """All questions with a target together, against the plain first page, round by round."""
    found: list[Comparison] = []
    for kind, plain in (("events", "events 24 h: first page"), ("incidents", "incidents -created_at: all")):
        bound = [q for q in questions if q.case.name.startswith(f"{kind} ") and q.case.target_ms and q.times]
        first = [q for q in bound if q.case.name == plain]
        count = min((len(q.rounds) for q in first), default=0)
        if count == 0:
            continue
        found.append(
            Comparison(
                name=f"query {kind}, p95",
                ours="every filter, three tenants",
                reference="plain first page",
                unit="ms",
                pairs=[(_p95_of_round(bound, n), _p95_of_round(first, n)) for n in range(count)],
                notes={"page": f"{PAGE} rows", "questions": str(len(bound)), **about},
            )
        )
    return found


def _p95_of_round(questions: list[Question], number: int) -> float:
    times = [time for q in questions if number < len(q.rounds) for time in q.rounds[number]]
    return percentile(times, 95)


def _sizes(psql: Psql, dataset: Dataset) -> dict[str, str]:
    """What the tables hold, for the notes."""
    events = psql.value(
        "select pg_size_pretty(sum(pg_total_relation_size(relid))) from pg_partition_tree('events');"
    )
    incidents = psql.value("select pg_size_pretty(pg_total_relation_size('incidents'));")
    buffers = psql.value("show shared_buffers;")
    return {
        "dataset": f"{dataset.events:,} events in {events}, {dataset.incidents:,} incidents of the largest "
        f"tenant, all in {incidents}",
        "shared_buffers": buffers,
        "cold": "after a restart of PostgreSQL; the system's memory of its files stays",
    }


def _say(text: str) -> None:
    print(f"ops/bench:   {text}", file=sys.stderr, flush=True)
