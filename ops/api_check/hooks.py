"""What JSON Schema cannot say of a valid request, for schemathesis: it makes positive cases valid."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis

from api_check.service import RULE_ID

Members = dict[str, Any]

# Ids that are there, by the part of the path before them.
KNOWN = {name: itertools.cycle(ids) for name, ids in json.loads(os.environ["API_CHECK_IDS"]).items()}
OWN = json.loads(os.environ["API_CHECK_OWN"])
NUMBERS = re.compile(r"[0-9]+\.\.[0-9]+")
DEEPEST = 100_000
TURNS = itertools.cycle([True, False])


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def mend_range(values: Members) -> None:
    """`from` lies before `to`, and not further than a test of a rule or a list of hours may reach."""
    given = [values[name] for name in ("from", "to") if isinstance(values.get(name), str)]
    if not given:
        return
    try:
        moments = sorted(map(datetime.fromisoformat, given))
        first, last = moments[0], moments[-1]
        last = min(max(last, first + timedelta(seconds=1)), first + timedelta(hours=24))
    except (ValueError, OverflowError):
        last = datetime.now(UTC)
        first = last - timedelta(days=1)
    values["from"], values["to"] = text(first), text(last)


def mend_numbers(values: Members) -> None:
    """The first end of a range is not above its last."""
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = NUMBERS.sub(lambda found: "..".join(sorted(found[0].split(".."), key=int)), value)


def mend_pages(values: Members) -> None:
    """Pages by number have a size of their own, and reach 100,000 events deep."""
    if "page" not in values and "page_size" not in values:
        return
    values.pop("limit", None)
    values.pop("count", None)
    try:
        values["page"] = min(int(values.get("page", 1)), DEEPEST // int(values.get("page_size", 100)))
    except ValueError:
        values.pop("page", None)


def mend_search(values: Members) -> None:
    """Words of the query language: what it is cannot be said in JSON Schema."""
    words = re.findall(r"\w+", str(values["q"])[:500])[:50]
    values["q"] = " ".join(f'"{word}"' for word in words) or "sshd"


def mend_exception(body: Members) -> None:
    """It ends in the future, names something, and an entity or a search that can be."""
    body["expires_at"] = text(datetime.now(UTC) + timedelta(days=1))
    body["match"] = {"user": "nobody"}
    if isinstance(body.get("rule_id"), str):
        # The check's own rule may be gone by now.
        body["rule_id"] = next(rule for rule in KNOWN["/api/rules"] if rule != RULE_ID)
    entity = body.get("entity")
    if isinstance(entity, dict) and entity.get("type") == "ip":
        entity["value"] = "192.0.2.1"


def spare_own(case: Any) -> None:
    """What would take the check's own key or login away is asked about another one."""
    name = case.operation.path.split("/{id}")[0]
    if name in OWN and str((case.path_parameters or {}).get("id")) == OWN[name]:
        case.path_parameters["id"] = next(KNOWN[name])


def mend_path(case: Any) -> None:
    """Every second request is about something that is there, and has seen it as it is."""
    name = case.operation.path.split("/{id}")[0]
    if name not in KNOWN or not case.path_parameters or not next(TURNS):
        return
    case.path_parameters["id"] = next(KNOWN[name])
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"


def mend_split(body: Members) -> None:
    """Incidents, or events with a title for them."""
    body.clear()
    body["incidents"] = [next(KNOWN["/api/incidents"])]


def mend_assignee(body: Members) -> None:
    """Somebody who is there."""
    for values in (body, body.get("change")):
        if isinstance(values, dict) and isinstance(values.get("assignee"), str):
            values["assignee"] = json.loads(os.environ["API_CHECK_LOGIN"])["email"]


def mend_policy(body: Members) -> None:
    """One under which the passwords and keys of other requests are still valid."""
    policy = body.get("policy")
    if isinstance(policy, dict):
        policy.pop("password_length", None)
        policy.pop("key_days", None)


def mend_login(body: Members) -> None:
    body.update(json.loads(os.environ["API_CHECK_LOGIN"]))


BODIES: dict[str, Callable[[Members], None]] = {
    "create_exception": mend_exception,
    "login": mend_login,
    "split_incident": mend_split,
    "update_organization": mend_policy,
}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Members) -> None:
    spare_own(case)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    mend_path(case)
    if case.query:
        # Only the service can make a cursor, and only for the same filter: a made-up one is refused.
        # Paging itself is what the generated client and the scenarios do.
        case.query.pop("cursor", None)
        mend_range(case.query)
        mend_numbers(case.query)
        mend_pages(case.query)
        if "q" in case.query and case.operation.path.startswith("/api/events"):
            mend_search(case.query)
    if isinstance(case.body, dict):
        mend_range(case.body)
        mend_assignee(case.body)
        if isinstance(case.body.get("url"), str):
            # A host that can be one.
            case.body["url"] = "https://hooks.example.org/in"
        BODIES.get(case.operation.definition.raw["operationId"], lambda _: None)(case.body)
