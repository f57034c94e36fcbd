"""How much a page far down a list costs, against its first page."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from urllib.parse import quote

from .dataset import Dataset
from .errors import BenchError
from .http_client import Connection, request_bytes
from .installation import UncachedService
from .measurement import Measurement
from .query_cases import PAGE, TENANTS, Draw, Tenant, whole
from .report import Comparison, measure_pairs, percentile

DEPTH = 1000
REQUESTS_A_SIDE = 50

LISTS: tuple[tuple[str, str, Callable[[Draw], str]], ...] = (
    ("events", "/api/events", lambda d: _range(d)),
    ("events of one address", "/api/events", lambda d: f"{_range(d)}&src_ip={d.hot_address()}"),
    ("events of one source", "/api/events", lambda d: f"{_range(d)}&source_type=linux.sshd"),
    ("incidents", "/api/incidents", lambda d: "sort=-created_at"),
    ("incidents by change", "/api/incidents", lambda d: "sort=-updated_at"),
)


def compare_pages(
    service: UncachedService, keys: dict[int, str], dataset: Dataset, pairs: int
) -> tuple[list[Comparison], list[Measurement]]:
    """The largest tenant's lists, each walked by cursor to page `DEPTH` once; and those that failed."""
    tenant = TENANTS[0]
    found: list[Comparison] = []
    failed: list[Measurement] = []
    with Connection(service.host, service.port) as connection:
        pages = _Pages(connection, keys[tenant.rank])
        for name, endpoint, query in LISTS:
            first = f"{endpoint}?limit={PAGE}&{query(Draw(dataset, tenant, name))}"
            try:
                deep, depth = pages.descend(first)
                for percent in (50, 95):
                    found.append(_comparison(pages, name, tenant, first, deep, depth, percent, pairs))
            except BenchError as error:
                print(f"ops/bench: pages of {name}: {error}", file=sys.stderr)
                failed.append(
                    Measurement(f"pages of {name}", tenant.name, "ms", 0, 0, 0, 0, 0, None, str(error))
                )
    return found, failed


def _comparison(
    pages: _Pages, name: str, tenant: Tenant, first: str, deep: str, depth: int, percent: int, pairs: int
) -> Comparison:
    return Comparison(
        name=f"query {name}, p{percent}",
        ours=f"page {depth} by cursor",
        reference="first page",
        unit="ms",
        pairs=measure_pairs(pairs, lambda: pages.time(deep, percent), lambda: pages.time(first, percent)),
        notes={"page": f"{PAGE} rows", "tenant": tenant.name, "request": first, "target": "ratio ≤ 1.5"},
    )


class _Pages:
    def __init__(self, connection: Connection, key: str) -> None:
        self._connection = connection
        self._headers = {"Authorization": f"Bearer {key}"}

    def descend(self, first: str) -> tuple[str, int]:
        """The address of the page `DEPTH`, or of the last one, and its number."""
        path, depth = first, 1
        while depth < DEPTH:
            response = self._connection.exchange(request_bytes("GET", path, self._headers))
            if response.status != 200:
                raise BenchError(f"{path} answered {response.status}: {response.body[:300]!r}")
            cursor = response.json()["next_cursor"]
            if cursor is None:
                return path, depth
            path = f"{first}&cursor={quote(str(cursor), safe='')}"
            depth += 1
        return path, depth

    def time(self, path: str, percent: int) -> float:
        request = request_bytes("GET", path, self._headers)
        times: list[float] = []
        for _ in range(REQUESTS_A_SIDE):
            begin = time.perf_counter()
            response = self._connection.exchange(request)
            times.append((time.perf_counter() - begin) * 1000)
            if response.status != 200:
                raise BenchError(f"{path} answered {response.status}: {response.body[:300]!r}")
        return percentile(times, percent)


def _range(draw: Draw) -> str:
    begin, end = whole(draw.dataset)
    return f"from={begin:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
