"""What JSON Schema cannot say of a valid request, for schemathesis: it makes positive cases valid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis

Members = dict[str, Any]


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def mend_range(values: Members) -> None:
    """`from` lies before `to`, and not further than a test of a rule may read."""
    if not (isinstance(values.get("from"), str) and isinstance(values.get("to"), str)):
        return
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
    entity = body.get("entity")
    if isinstance(entity, dict) and entity.get("type") == "ip":
        entity["value"] = "192.0.2.1"


BODIES: dict[str, Callable[[Members], None]] = {"create_exception": mend_exception}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Members) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.query:
        # Only the service can make a cursor, and only for the same filter: a made-up one is refused.
        # Paging itself is what the generated client and the scenarios do.
        case.query.pop("cursor", None)
        mend_range(case.query)
    if isinstance(case.body, dict):
        mend_range(case.body)
        BODIES.get(case.operation.definition.raw["operationId"], lambda _: None)(case.body)
