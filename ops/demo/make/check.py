"""Checks a story: make/check.py STORY.jsonl. Prints what it holds; exits 1 at the first fault."""

import collections
import datetime
import json
import pathlib
import re
import sys

TOKEN = re.compile(r"@\{([a-z_0-9]+)\}")
LEFT_OVER = re.compile(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T|/20[0-9]{2}:|^[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8}|\b1[78][0-9]{8}\.")
JSON_SOURCES = {"suricata", "linux.audit"}
START = datetime.datetime(2026, 11, 21, 5, 30, tzinfo=datetime.UTC)
FORMS = {
    "suricata": re.compile(r'"timestamp":"2026-11-21T05:[0-9:]{5}\.[0-9]{6}\+0000"'),
    "linux.audit": re.compile(r'"ID":"17952[0-9]{5}\.[0-9]{3}:[0-9]+"'),
    "linux.sshd": re.compile(r"^Nov 21 05:[0-9:]{5} web-1 sshd\[[0-9]+\]: "),
    "linux.syslog": re.compile(r"^Nov 21 05:[0-9:]{5} web-1 [A-Za-z-]+(\[[0-9]+\])?: "),
    "web.access": re.compile(r'^[0-9.]+ - - \[21/Nov/2026:05:[0-9:]{5} \+0000\] ".*" [0-9]{3} [0-9]+ ".*" ".*"$'),
}


def expand(record: str, at: datetime.datetime) -> str:
    """The record with each token replaced by the time `at`; an unknown token is an error."""
    microseconds = (at - datetime.datetime.fromtimestamp(0, datetime.UTC)) // datetime.timedelta(microseconds=1)
    values = {
        "rfc3339": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "eve": at.strftime("%Y-%m-%dT%H:%M:%S.%f+0000"),
        "epoch": f"{microseconds // 1_000_000}.{microseconds // 1000 % 1000:03}",
        "epoch_us": str(microseconds),
        "clf": at.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "syslog": f"{at.strftime('%b')} {at.day:2} {at.strftime('%H:%M:%S')}",
    }
    return TOKEN.sub(lambda match: values[match[1]], record)


def fail(number: int, why: str) -> None:
    """Ends the check."""
    raise SystemExit(f"check: line {number}: {why}")


def main() -> None:
    """Checks order, tokens, forms and uniqueness; counts."""
    path = pathlib.Path(sys.argv[1])
    counts: collections.Counter[str] = collections.Counter()
    seen: dict[object, int] = {}
    last = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        item = json.loads(line)
        if set(item) != {"offset_ms", "source_type", "record"} or item["offset_ms"] < last:
            fail(number, "members or order")
        last = item["offset_ms"]
        record, source = item["record"], item["source_type"]
        if not TOKEN.search(record) or LEFT_OVER.search(record):
            fail(number, "no token, or a time stamp that is not one")
        text = expand(record, START + datetime.timedelta(milliseconds=last))
        if not FORMS[source].search(text):
            fail(number, f"not of the form of {source}: {text}")
        key: object = (source, text)
        counts[source] += 1
        if source in JSON_SOURCES:
            event = json.loads(text)
            if source == "suricata":
                counts["suricata " + event["event_type"]] += 1
                signature = event.get("alert", {}).get("signature_id")
                key = (event["flow_id"], last, event["event_type"], signature, event.get("tx_id"))
        if key in seen:
            fail(number, f"cannot be told from line {seen[key]}")
        seen[key] = number
    size = path.stat().st_size
    print(f"{sum(v for k, v in counts.items() if ' ' not in k)} records, {size} bytes, {last / 1000:.1f} s")
    for name in sorted(counts):
        print(f"{counts[name]:6} {name}")


if __name__ == "__main__":
    main()
