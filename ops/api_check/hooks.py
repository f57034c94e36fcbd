"""What JSON Schema cannot say of a valid request, for schemathesis."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive:
        return
    query = case.query or {}
    # Only the service can make a cursor, and only for the same filter: a made-up one is refused. Paging
    # itself is what the generated client and the scenarios do.
    query.pop("cursor", None)
    # `from` must lie before `to`.
    for values in (query, case.body if isinstance(case.body, dict) else {}):
        first, last = values.get("from"), values.get("to")
        if isinstance(first, str) and isinstance(last, str) and first >= last:
            values["from"], values["to"] = last, first
