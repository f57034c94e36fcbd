"""What analysts ask: each filter of the lists alone and in the usual pairs, for tenants of three sizes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from .dataset import MIDDLE, Dataset
from .dataset_sql import KINDS, ORGANIZATIONS, RETIRED_HOST, RETIRED_USER

EVENTS_TARGET_MS = 50.0
HISTOGRAM_TARGET_MS = 100.0
INCIDENTS_TARGET_MS = 20.0
PAGE = 50


@dataclass(frozen=True)
class Tenant:
    name: str
    rank: int


TENANTS = (Tenant("largest", 1), Tenant("middle", MIDDLE), Tenant("smallest", ORGANIZATIONS))


class Draw:
    """Values of one tenant's data. Each that exists is as likely as any other, however rare it is."""

    def __init__(self, dataset: Dataset, tenant: Tenant, seed: str) -> None:
        self.dataset = dataset
        self.rank = tenant.rank
        self.chance = random.Random(seed)

    def host(self) -> str:
        return f"host-{self.chance.randrange(max(20, 2000 // self.rank))}"

    def user(self) -> str:
        return f"user{self.chance.randrange(max(30, 3000 // self.rank))}"

    def hot_address(self) -> str:
        return f"203.0.113.{self.rank}"

    def address(self) -> str:
        return self._inside(4000)

    def destination(self) -> str:
        return self._inside(2000)

    def network(self) -> str:
        return f"10.{self.rank}.{self.chance.randrange(16)}.0/24"

    def source_type(self) -> str:
        return self.chance.choice(KINDS).name

    def event_id(self) -> str:
        return self.chance.choice(self.chance.choice(KINDS).event_ids)

    def incident_host(self) -> str:
        return f"host-{self.chance.randrange(2000)}"

    def technique(self) -> str:
        return f"T1{100 + self.chance.randrange(40)}"

    def rule(self) -> str:
        return f"bench-rule-{self.chance.randrange(190)}"

    def rare_word(self) -> str:
        """The number of a rule, which is in title and reason."""
        return str(100 + self.chance.randrange(90))

    def analyst(self) -> str:
        return f"analyst-{self.chance.randrange(12)}@bench.example"

    def _inside(self, count: int) -> str:
        number = self.chance.randrange(count)
        return f"10.{self.rank}.{number >> 8}.{number & 255}"


@dataclass(frozen=True)
class Case:
    """One kind of question. `path` asks it with values of a draw; `why` says what answers it fast."""

    name: str
    path: Callable[[Draw], str]
    target_ms: float | None
    why: str = ""


def day(dataset: Dataset) -> tuple[datetime, datetime]:
    return dataset.end_time - timedelta(days=1), dataset.end_time


def whole(dataset: Dataset) -> tuple[datetime, datetime]:
    return dataset.start_time, dataset.end_time


Span = Callable[[Dataset], tuple[datetime, datetime]]
SPANS: tuple[tuple[str, Span], ...] = (("24 h", day), ("4 months", whole))

BY_TIME = "The index (organization_id, ts, id) is walked from its end; it stops with the page."
BY_ADDRESS = "The index (organization_id, src_ip, ts) has the address's events in the order of the list."
WALK = "No index of its own: the walk by time filters; it is short where the value is frequent."
_NONE = "nosuch-value"

# The conditions of /api/events, as its parameters; the empty one is the plain list.
EVENT_FILTERS: tuple[tuple[str, Callable[[Draw], dict[str, str]], str], ...] = (
    ("first page", lambda d: {}, BY_TIME),
    ("sort=ts", lambda d: {"sort": "ts"}, BY_TIME.replace("end", "beginning")),
    ("severity=7..", lambda d: {"severity": "7.."}, "A partial index has only the severe events, by time."),
    ("severity=10", lambda d: {"severity": "10"}, "A partial index has only the severe events, by time."),
    ("severity=3", lambda d: {"severity": "3"}, "The severity is in the index by time."),
    ("source_type", lambda d: {"source_type": d.source_type()}, "By source type and time."),
    ("event_id", lambda d: {"event_id": d.event_id()}, "By event id and time."),
    ("src_ip, busiest", lambda d: {"src_ip": d.hot_address()}, BY_ADDRESS),
    ("src_ip", lambda d: {"src_ip": d.address()}, BY_ADDRESS),
    (
        "src_ip, network",
        lambda d: {"src_ip": d.network()},
        "A range of (organization_id, src_ip), or by time.",
    ),
    ("dst_ip", lambda d: {"dst_ip": d.destination()}, "By destination and time."),
    ("host", lambda d: {"host": d.host()}, "By host and time."),
    ("user", lambda d: {"user": d.user()}, "By user and time."),
    ("action", lambda d: {"action": "login"}, WALK),
    ("outcome", lambda d: {"outcome": "failure"}, WALK),
    (
        "source_type + severity",
        lambda d: {"source_type": d.source_type(), "severity": "7.."},
        "The rarer one.",
    ),
    ("src_ip + outcome", lambda d: {"src_ip": d.hot_address(), "outcome": "failure"}, BY_ADDRESS),
    ("host + user", lambda d: {"host": d.host(), "user": "root"}, "The rarer one."),
    ("source_type + host", lambda d: {"source_type": d.source_type(), "host": d.host()}, "The rarer one."),
    ("severity + host", lambda d: {"severity": "5..", "host": d.host()}, "The rarer one."),
    ("q, fields", lambda d: {"q": f"user:root host:{d.host()}"}, "The same as the parameters."),
    ("q, network and not", lambda d: {"q": f"src_ip:10.{d.rank}.0.0/16 -outcome:success"}, WALK),
    ("src_ip, absent", lambda d: {"src_ip": "192.0.2.77"}, BY_ADDRESS),
    ("src_ip, network absent", lambda d: {"src_ip": "192.0.2.0/24"}, "A range of (organization_id, src_ip)."),
    ("dst_ip, absent", lambda d: {"dst_ip": "192.0.2.77"}, "By destination and time."),
    ("host, only long ago", lambda d: {"host": RETIRED_HOST}, "By host and time."),
    ("host, absent", lambda d: {"host": _NONE}, "By host and time."),
    ("user, only long ago", lambda d: {"user": RETIRED_USER}, "By user and time."),
    ("user, absent", lambda d: {"user": _NONE}, "By user and time."),
    ("event_id, absent", lambda d: {"event_id": _NONE}, "By event id and time."),
    ("source_type, absent", lambda d: {"source_type": _NONE}, "By source type and time."),
)
# What has to look at every event by its nature; measured without a target.
EVENT_SEARCHES: tuple[tuple[str, Callable[[Draw], dict[str, str]], str], ...] = (
    ("q, text", lambda d: {"q": '"ConsoleLogin of"'}, WALK),
    ("q, text absent", lambda d: {"q": f'"{_NONE}"'}, "Every event of the range is looked at."),
    ("outcome, absent", lambda d: {"outcome": _NONE}, "Every event of the range is looked at."),
)
_SORTS = ("-created_at", "created_at", "-updated_at", "-last_event_at", "-severity", "-number")
INCIDENT_FILTERS: tuple[tuple[str, Callable[[Draw], dict[str, str]], str], ...] = (
    ("all", lambda d: {}, "The index of the order."),
    ("status=open", lambda d: {"status": "open"}, "By status."),
    ("status=contained", lambda d: {"status": "contained"}, "By status; few have it."),
    ("severity=critical", lambda d: {"severity": "critical"}, "By severity."),
    ("status + severity", lambda d: {"status": "open", "severity": "critical"}, "The rarer one."),
    ("assignee", lambda d: {"assignee": d.analyst()}, "By assignee."),
    ("assignee=none", lambda d: {"assignee": "none"}, "By assignee."),
    ("status + assignee", lambda d: {"status": "in_progress", "assignee": d.analyst()}, "The rarer one."),
    ("technique", lambda d: {"technique": d.technique()}, "By technique."),
    ("entity, ip", lambda d: {"entity": "ip:203.0.113.1"}, "By entity; many have it."),
    ("entity, host", lambda d: {"entity": f"host:{d.incident_host()}"}, "By entity."),
    ("rule", lambda d: {"rule": d.rule()}, "By rule."),
    ("tag", lambda d: {"tag": "red-team"}, "By tag."),
    ("verdict", lambda d: {"verdict": "undetermined"}, "By verdict."),
    ("q, word of all", lambda d: {"q": "matched"}, "By word; all have it."),
    ("q, rare word", lambda d: {"q": d.rare_word()}, "By word."),
    ("status + technique", lambda d: {"status": "open", "technique": d.technique()}, "The rarer one."),
    ("updated_since", lambda d: {"updated_since": _rfc3339(day(d.dataset)[0])}, "By the time of change."),
    ("created_since", lambda d: {"created_since": _rfc3339(day(d.dataset)[0])}, "By the time of opening."),
    ("entity, absent", lambda d: {"entity": "ip:192.0.2.77"}, "By entity."),
    ("q, absent", lambda d: {"q": _NONE}, "By word."),
    ("technique, absent", lambda d: {"technique": "T9999"}, "By technique."),
    ("rule, absent", lambda d: {"rule": _NONE}, "By rule."),
    ("tag, absent", lambda d: {"tag": _NONE}, "By tag."),
    ("assignee, absent", lambda d: {"assignee": "nobody@bench.example"}, "By assignee."),
)


def event_cases() -> list[Case]:
    cases: list[Case] = []
    for span_name, span in SPANS:
        for name, values, why in EVENT_FILTERS:
            cases.append(Case(f"events {span_name}: {name}", _events(span, values), EVENTS_TARGET_MS, why))
    for name, values, why in EVENT_SEARCHES:
        cases.append(Case(f"events 24 h: {name}", _events(day, values), None, why))
    return cases + _event_counts()


def incident_cases() -> list[Case]:
    facets = [
        Case(f"facets: {name}", _facets(values), None, "Tallies, or the incidents of the rarest condition.")
        for name, values, _ in INCIDENT_FILTERS
        if name in ("all", "status=open", "technique", "entity, host")
    ]
    return facets + [
        Case(f"incidents {sort}: {name}", _incidents(sort, values), INCIDENTS_TARGET_MS, why)
        for sort in _SORTS
        for name, values, why in INCIDENT_FILTERS
    ]


def _event_counts() -> list[Case]:
    rollups = "Hours and five minutes come from event_rollups, only the ends of the range from the events."

    def path(endpoint: str, span: Span, more: dict[str, str]) -> Callable[[Draw], str]:
        return lambda draw: _path(endpoint, {**_range(draw, span), **more})

    histogram, top = "/api/events/histogram", "/api/events/top"
    return [
        Case("histogram 24 h by 1h", path(histogram, day, {"interval": "1h"}), HISTOGRAM_TARGET_MS, rollups),
        Case("histogram 24 h by 5m", path(histogram, day, {"interval": "5m"}), HISTOGRAM_TARGET_MS, rollups),
        Case(
            "histogram 24 h by severity",
            path(histogram, day, {"interval": "1h", "by": "severity"}),
            HISTOGRAM_TARGET_MS,
            rollups,
        ),
        Case("histogram 4 months by 1d", path(histogram, whole, {"interval": "1d"}), None, rollups),
        Case("page 3 with total, 24 h", path("/api/events", day, {"page": "3", "page_size": "50"}), None),
        Case(
            "page 3 with total, 4 months", path("/api/events", whole, {"page": "3", "page_size": "50"}), None
        ),
        Case(
            "page 1000 by number, 4 months",
            path("/api/events", whole, {"page": "1000", "page_size": "50"}),
            None,
        ),
        Case("top src_ip, 24 h", path(top, day, {"field": "src_ip"}), None),
    ]


def _events(span: Span, values: Callable[[Draw], dict[str, str]]) -> Callable[[Draw], str]:
    return lambda draw: _path("/api/events", {**_range(draw, span), "limit": str(PAGE), **values(draw)})


def _facets(values: Callable[[Draw], dict[str, str]]) -> Callable[[Draw], str]:
    return lambda draw: _path("/api/incidents/facets", values(draw))


def _incidents(sort: str, values: Callable[[Draw], dict[str, str]]) -> Callable[[Draw], str]:
    return lambda draw: _path("/api/incidents", {"sort": sort, "limit": str(PAGE), **values(draw)})


def _range(draw: Draw, span: Span) -> dict[str, str]:
    begin, end = span(draw.dataset)
    return {"from": _rfc3339(begin), "to": _rfc3339(end)}


def _rfc3339(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _path(endpoint: str, values: dict[str, str]) -> str:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
    return f"{endpoint}?{query}" if query else endpoint
