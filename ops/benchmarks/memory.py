"""`memory`: the service's peak resident size after work, against that of a service at rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from .demo import Demo
from .http_client import Connection, log_in, request_bytes
from .load import batches, post_all
from .report import Comparison, measure_pairs
from .settings import Settings

MEBIBYTE = 1024 * 1024
LISTS = 100

Work = Callable[[Demo, Settings], None]


def run(settings: Settings) -> list[Comparison]:
    return [
        _compare("memory, ingest", _ingest, settings, f"{settings.event_count} events in batches of 2000"),
        _compare("memory, list", _list, settings, f"the same, then {LISTS} lists of 1000 events"),
    ]


def _compare(name: str, work: Work, settings: Settings, what: str) -> Comparison:
    return Comparison(
        name=name,
        ours="peak after work",
        reference="peak at rest",
        unit="MiB",
        pairs=measure_pairs(settings.pairs, lambda: _peak(settings, work), lambda: _peak(settings, _rest)),
        notes={"work": what, "size": "VmHWM of the service, each time a fresh one"},
    )


def _peak(settings: Settings, work: Work) -> float:
    with Demo(settings.binary, settings.root, settings.scratch) as demo:
        work(demo, settings)
        return demo.peak_resident_bytes() / MEBIBYTE


def _rest(demo: Demo, settings: Settings) -> None:
    time.sleep(1)


def _ingest(demo: Demo, settings: Settings) -> None:
    ready = demo.ready
    post_all(ready.host, ready.port, batches(settings.events(), 2000, ready.sensor_key))
    demo.wait_until_idle()


def _list(demo: Demo, settings: Settings) -> None:
    _ingest(demo, settings)
    ready = demo.ready
    token = log_in(ready.host, ready.port, ready.email, ready.password)
    headers = {"Authorization": f"Bearer {token}"}
    path: str | None = "/api/events?limit=1000"
    with Connection(ready.host, ready.port) as connection:
        for _ in range(LISTS):
            page = connection.exchange(request_bytes("GET", path or "/api/events?limit=1000", headers))
            cursor = page.json().get("next_cursor") if page.status == 200 else None
            path = f"/api/events?limit=1000&cursor={cursor}" if cursor else None
