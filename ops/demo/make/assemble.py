"""Puts the sensors' files together: make/assemble.py LOGS AUDIT.jsonl > story.jsonl.

The one change made to a record is that each of its own time stamps becomes a token.
"""

import datetime
import json
import pathlib
import re
import sys
from collections.abc import Iterator

SYSLOG_TIME = re.compile(r"^[A-Z][a-z]{2} [ 0-3][0-9] [0-9:]{8} ")
CLF_TIME = re.compile(r"\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} \+0000\]")
EVE_TIME = re.compile(r'"[0-9-]{10}T[0-9:]{8}\.[0-9]{6}\+0000"')
AUDIT_TIME = re.compile(r"\b[0-9]{10}\.[0-9]{3}(?=:[0-9]+\b)")

TAIL_SECONDS = 12  # flows end after their connections; the servers are stopped two seconds later

Record = tuple[float, str, str]


def seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 time."""
    return datetime.datetime.fromisoformat(text).timestamp()


def syslog(path: pathlib.Path) -> Iterator[Record]:
    """Lines of rsyslog: receipt time, tab, the traditional line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        received, record = line.split("\t", 1)
        program = record.split()[4]
        source = "linux.sshd" if program.startswith("sshd") else "linux.syslog"
        yield seconds(received), source, SYSLOG_TIME.sub("@{syslog} ", record)


def access(path: pathlib.Path) -> Iterator[Record]:
    """Lines of nginx: seconds with milliseconds, tab, the combined line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        at, record = line.split("\t", 1)
        yield float(at), "web.access", CLF_TIME.sub("[@{clf}]", record, count=1)


def eve(path: pathlib.Path) -> Iterator[Record]:
    """Suricata's EVE records."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield seconds(json.loads(line)["timestamp"]), "suricata", EVE_TIME.sub('"@{eve}"', line)


def audit(path: pathlib.Path, marks: dict[str, float], story: list[Record]) -> Iterator[Record]:
    """The two laurel records, each placed beside the moment of the story that it shows."""
    admin = next(at for at, _, record in story if "Invalid user admin from" in record)
    for line in path.read_text(encoding="utf-8").splitlines():
        at = admin if "USER_LOGIN" in line else marks["root_whoami"]
        yield at + 0.002, "linux.audit", AUDIT_TIME.sub("@{epoch}", line)


def main() -> None:
    """Sorts what the sensors wrote between the scenario's start and the last flow's end."""
    logs = pathlib.Path(sys.argv[1])
    marks = json.loads((logs / "marks.json").read_text())
    story = [*syslog(logs / "syslog"), *access(logs / "access.log"), *eve(logs / "eve.json")]
    story += list(audit(pathlib.Path(sys.argv[2]), marks, sorted(story)))
    for at, source, record in sorted(story, key=lambda item: item[0]):
        offset = round((at - marks["start"]) * 1000)
        if marks["start"] <= at <= marks["end"] + TAIL_SECONDS:
            line = {"offset_ms": offset, "source_type": source, "record": record}
            print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
