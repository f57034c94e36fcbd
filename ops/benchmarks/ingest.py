"""`ingest`: HTTP to durable events, against COPY BINARY of the same rows into the same tables.

The reference loads the very rows that Harrier stored for the same events, detections and ledger
included, into the same tables with the same indexes and partitions, emptied before each run.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from .copy_dump import split
from .demo import Demo
from .errors import BenchError
from .load import batches, post_all
from .psql import Psql
from .report import Comparison, measure_pairs
from .settings import Settings

TABLES = ("events", "detections", "ingest_batches")
ROWS_A_TRANSACTION = 5000
# Events of a batch, and connections that each send one batch after the other: 16,000 events are on their
# way at a time. With far fewer it would be the senders' waiting that is measured.
LOADS = ((500, 32), (2000, 8))

# One transaction of the reference: a file of rows for each table.
Transaction = list[tuple[str, Path]]


def run(settings: Settings) -> list[Comparison]:
    events = settings.events()
    with (
        Demo(settings.binary, settings.root, settings.scratch) as demo,
        Psql(demo.ready.database_url) as first,
        Psql(demo.ready.database_url) as second,
    ):
        if first.value("show fsync;") != "on":
            raise BenchError("the private PostgreSQL runs without fsync: nothing durable is measured")
        bench = _Ingest(demo, (first, second), events)
        return [bench.compare(size, connections, settings) for size, connections in LOADS]


class _Ingest:
    def __init__(self, demo: Demo, sessions: tuple[Psql, Psql], events: list[bytes]) -> None:
        self._demo = demo
        self._sessions = sessions
        self._events = events

    def compare(self, size: int, connections: int, settings: Settings) -> Comparison:
        requests = batches(self._events, size, self._demo.ready.sensor_key)
        self._harrier(requests, connections)
        transactions = self._dump()
        alone: list[float] = []
        together: list[float] = []

        def reference() -> float:
            alone.append(self._copy(transactions, self._sessions[:1]))
            together.append(self._copy(transactions, self._sessions))
            return max(alone[-1], together[-1])

        pairs = measure_pairs(settings.pairs, lambda: self._harrier(requests, connections), reference)
        count = len(self._events)
        return Comparison(
            name=f"ingest {size}",
            ours="HTTP → durable",
            reference="best COPY BINARY",
            unit="events/s",
            pairs=pairs,
            notes={
                "material": f"{settings.material}, {count} events of "
                f"{sum(map(len, self._events)) // count} bytes",
                "load": f"batches of {size} over {connections} keep-alive connections",
                "reference": f"{ROWS_A_TRANSACTION} events a transaction",
                "one connection": _listing(alone),
                "two connections": _listing(together),
            },
        )

    def _harrier(self, requests: list[bytes], connections: int) -> float:
        """Events a second from the first byte sent to the last answer; each answer means durable."""
        self._empty_tables()
        ready = self._demo.ready
        posted = post_all(ready.host, ready.port, requests, connections)
        stored = int(self._sessions[0].value("select count(*) from events;"))
        if not stored == posted.stored == len(self._events):
            raise BenchError(
                f"{len(self._events)} events were posted, {posted.stored} acknowledged as stored, "
                f"{posted.duplicates} as duplicates, {posted.quarantined} quarantined; {stored} are stored"
            )
        self._demo.wait_until_idle()
        return stored / posted.seconds

    def _copy(self, transactions: list[Transaction], sessions: tuple[Psql, ...]) -> float:
        """Events a second of the load, from the first statement to the last commit."""
        self._empty_tables()
        scripts = [
            "\n".join(_script(part) for part in transactions[index :: len(sessions)])
            for index in range(len(sessions))
        ]
        began = time.monotonic()
        _run_each(list(zip(sessions, scripts, strict=True)))
        seconds = time.monotonic() - began
        stored = int(self._sessions[0].value("select count(*) from events;"))
        if stored != len(self._events):
            raise BenchError(f"the reference stored {stored} of {len(self._events)} events")
        return stored / seconds

    def _empty_tables(self) -> None:
        """Both sides begin with empty tables and nothing left to write back."""
        self._sessions[0].run(f"truncate {', '.join(TABLES)};\ncheckpoint;")

    def _dump(self) -> list[Transaction]:
        """The rows that Harrier has just stored, as the transactions of the reference."""
        folder = self._demo.folder / "dump"
        folder.mkdir(exist_ok=True)
        transactions: list[Transaction] = [[] for _ in range(-(-len(self._events) // ROWS_A_TRANSACTION))]
        for table in TABLES:
            dump = folder / table
            query = f"select * from {table}"
            self._sessions[0].run(f"\\copy ({query}) to '{dump}' with (format binary)")
            rows = int(self._sessions[0].value(f"select count(*) from {table};"))
            if rows == 0:
                continue
            files = split(dump, -(-rows // len(transactions)))
            for transaction, file in zip(transactions, files, strict=False):
                transaction.append((table, file))
        return transactions


def _script(transaction: Transaction) -> str:
    copies = [f"\\copy {table} from '{file}' with (format binary)" for table, file in transaction]
    return "\n".join(["begin;", *copies, "commit;"])


def _run_each(work: list[tuple[Psql, str]]) -> None:
    """Runs each script in its own session, all at once."""
    failures: list[Exception] = []

    def run_one(session: Psql, script: str) -> None:
        try:
            session.run(script)
        except Exception as error:  # Raised again by the thread that waits.
            failures.append(error)

    threads = [threading.Thread(target=run_one, args=item, daemon=True) for item in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _listing(rates: list[float]) -> str:
    return ", ".join(f"{rate:,.0f}" for rate in rates)
