"""What JSON Schema cannot say of a valid request, for schemathesis: it makes positive cases valid."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis

Members = dict[str, Any]

# Ids that are there, by the part of the path before them.
KNOWN = {name: itertools.cycle(ids) for name, ids in json.loads(os.environ["API_CHECK_IDS"]).items()}
TURNS = itertools.cycle([True, False])


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def mend_range(values: Members) -> None:
    """`from` lies before `to`, and not further than a test of a rule or a list of hours may reach."""
    if not isinstance(values.get("from"), str):
        return
    values.setdefault("to", values["from"])
    try:
        first, last = sorted(datetime.fromisoformat(values[name]) for name in ("from", "to"))
        last = min(max(last, first + timedelta(seconds=1)), first + timedelta(days=7))
    except (ValueError, OverflowError):
        last = datetime.now(UTC)
        first = last - timedelta(days=1)
    values["from"], values["to"] = text(first), text(last)


def mend_exception(body: Members) -> None:
    """It ends in the future, names something, and an entity or a search that can be."""
    body["expires_at"] = text(datetime.now(UTC) + timedelta(days=1))
    body["match"] = {"user": "nobody"}
    if isinstance(body.get("rule_id"), str):
        body["rule_id"] = next(KNOWN["/api/rules"])
    entity = body.get("entity")
    if isinstance(entity, dict) and entity.get("type") == "ip":
        entity["value"] = "192.0.2.1"


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


def mend_login(body: Members) -> None:
    body.update(json.loads(os.environ["API_CHECK_LOGIN"]))


BODIES: dict[str, Callable[[Members], None]] = {
    "create_exception": mend_exception,
    "login": mend_login,
    "split_incident": mend_split,
}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Members) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    mend_path(case)
    if case.query:
        # Only the service can make a cursor, and only for the same filter: a made-up one is refused.
        # Paging itself is what the generated client and the scenarios do.
        case.query.pop("cursor", None)
        mend_range(case.query)
        # Pages by number have a size of their own.
        if "page" in case.query or "page_size" in case.query:
            case.query.pop("limit", None)
            case.query.pop("count", None)
    if isinstance(case.body, dict):
        mend_range(case.body)
        mend_assignee(case.body)
        if isinstance(case.body.get("url"), str):
            # A host that can be one.
            case.body["url"] = "https://hooks.example.org/in"
        BODIES.get(case.operation.definition.raw["operationId"], lambda _: None)(case.body)
