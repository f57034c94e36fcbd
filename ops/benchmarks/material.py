"""Events to post: made from a seed, or real Windows records where the shared data is at hand."""

from __future__ import annotations

import gzip
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from .errors import BenchError

HOSTS = [f"{kind}-{number:02}" for kind in ("web", "db", "app", "jump") for number in range(1, 13)]
USERS = ["root", "admin", "deploy", "alice", "bob", "carol", "dave", "postgres", "backup", "git"]
PATHS = ["/", "/login", "/api/orders", "/api/users/me", "/static/app.js", "/search?q=shoes", "/cart"]
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/17.6 Safari/605.1.15",
    "curl/8.9.1",
]
SPAN_SECONDS = 3600


def generated(seed: int, count: int) -> list[bytes]:
    """A mix of web access in Harrier's flat names, sshd from the journal and Suricata's flows and
    alerts, about 500 bytes each, in order of time over the last hour."""
    chance = random.Random(seed)
    start = time.time() - SPAN_SECONDS
    kinds = chance.choices([_web, _sshd, _suricata], weights=[4, 2, 4], k=count)
    return [
        json.dumps(kind(chance, start + SPAN_SECONDS * index / count), separators=(",", ":")).encode()
        for index, kind in enumerate(kinds)
    ]


def generated_now(seed: int, count: int, mark: bytes) -> list[bytes]:
    """Web access that raises no incident, with `mark` for its time, to be replaced by the time of sending."""
    chance = random.Random(seed)
    events = []
    for _ in range(count):
        event = _web(chance, 0)
        event["ts"] = f"{mark.decode()}Z"
        event["severity"] = chance.choices([0, 1, 2, 3, 7], [40, 40, 10, 9, 1])[0]
        event["src_ip"] = f"10.1.{chance.randrange(4)}.{chance.randrange(256)}"
        events.append(json.dumps(event, separators=(",", ":")).encode())
    return events


def windows(root: Path, count: int) -> list[bytes]:
    """Real Windows and Sysmon records of the shared data, as flat JSON."""
    path = _windows_file(root)
    if not path.exists():
        raise BenchError(f"{path} is absent: use the generated material")
    events = [
        json.dumps(json.loads(line)["fields"], separators=(",", ":"), ensure_ascii=False).encode()
        for line in _lines(path, count)
    ]
    if len(events) < count:
        raise BenchError(f"{path} holds {len(events)} events: ask for no more of them")
    return events


def windows_now(root: Path, count: int, mark: bytes) -> list[bytes]:
    """The same records with `mark` for their time, to be replaced by the time of sending."""
    times = ("SystemTime", "UtcTime", "ts", "TimeCreated", "EventTime")
    events = []
    for event in windows(root, count):
        fields = {name: value for name, value in json.loads(event).items() if name not in times}
        fields["UtcTime"] = mark.decode()
        events.append(json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode())
    return events


def windows_present(root: Path) -> bool:
    return _windows_file(root).exists()


def brute_force(source: str, moment: float, failures: int = 6) -> list[bytes]:
    """Failed logins of one user from one source within a few seconds: one incident of one rule."""
    user = f"user-{source}"
    return [
        json.dumps(
            {
                "ts": _rfc3339(moment + index * 0.5),
                "source_type": "linux.sshd",
                "action": "login",
                "outcome": "failure",
                "src_ip": source,
                "user": user,
                "host": "jump-01",
                "message": f"Failed password for {user} from {source} port {40000 + index} ssh2",
            }
        ).encode()
        for index in range(failures)
    ]


def shared_data(root: Path) -> Path:
    """Where the shared data is, if it is there: HARRIER_SHARED_DATA, or beside the repository."""
    return Path(os.environ.get("HARRIER_SHARED_DATA") or root.parent / "shared/data")


def _windows_file(root: Path) -> Path:
    return shared_data(root) / "events/mordor-windows-80k.jsonl.gz"


def _lines(path: Path, count: int) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for _, line in zip(range(count), lines, strict=False):
            yield line


def _web(chance: random.Random, moment: float) -> dict[str, object]:
    client = _public_address(chance)
    path, status = chance.choice(PATHS), chance.choices([200, 304, 404, 500], [90, 5, 4, 1])[0]
    agent, size = chance.choice(AGENTS), chance.randrange(200, 90000)
    return {
        "ts": _rfc3339(moment),
        "source_type": "nginx.access",
        "severity": 1,
        "src_ip": client,
        "src_port": chance.randrange(1024, 65536),
        "dst_ip": f"10.0.1.{chance.randrange(1, 40)}",
        "dst_port": 443,
        "protocol": "tcp",
        "host": chance.choice(HOSTS),
        "action": "http_request",
        "outcome": "success" if status < 400 else "failure",
        "message": f'{client} - - "GET {path} HTTP/1.1" {status} {size} "-" "{agent}"',
        "http_method": "GET",
        "http_status": status,
        "url_path": path,
        "user_agent": agent,
    }


def _sshd(chance: random.Random, moment: float) -> dict[str, object]:
    user, port = chance.choice(USERS), chance.randrange(1024, 65536)
    host, process = chance.choice(HOSTS), str(chance.randrange(300, 400000))
    failed = chance.random() < 0.1
    verb = "Failed password" if failed else "Accepted publickey"
    client = f"203.0.113.{chance.randrange(256)}" if failed else _public_address(chance)
    microseconds = str(int(moment * 1_000_000))
    return {
        "__CURSOR": f"s=4f1d;i={chance.getrandbits(48):x};b=9a3c;t={int(moment * 1e6):x}",
        "__REALTIME_TIMESTAMP": microseconds,
        "_SOURCE_REALTIME_TIMESTAMP": microseconds,
        "_HOSTNAME": host,
        "_TRANSPORT": "syslog",
        "PRIORITY": "6",
        "SYSLOG_FACILITY": "4",
        "SYSLOG_IDENTIFIER": "sshd",
        "SYSLOG_PID": process,
        "_PID": process,
        "_UID": "0",
        "_GID": "0",
        "_COMM": "sshd",
        "_EXE": "/usr/sbin/sshd",
        "_SYSTEMD_UNIT": "ssh.service",
        "MESSAGE": f"{verb} for {user} from {client} port {port} ssh2",
    }


def _suricata(chance: random.Random, moment: float) -> dict[str, object]:
    event: dict[str, object] = {
        "timestamp": _rfc3339(moment),
        "flow_id": chance.getrandbits(50),
        "in_iface": "eth0",
        "event_type": "flow",
        "src_ip": _public_address(chance),
        "src_port": chance.randrange(1024, 65536),
        "dest_ip": f"10.0.2.{chance.randrange(1, 40)}",
        "dest_port": chance.choice([22, 53, 80, 443, 8443]),
        "proto": "TCP",
        "app_proto": "tls",
        "flow": {
            "pkts_toserver": chance.randrange(1, 90),
            "pkts_toclient": chance.randrange(1, 90),
            "bytes_toserver": chance.randrange(60, 90000),
            "bytes_toclient": chance.randrange(60, 900000),
            "start": _rfc3339(moment - 3),
            "state": "closed",
            "reason": "timeout",
            "alerted": False,
        },
    }
    if chance.random() < 0.02:
        event["event_type"] = "alert"
        event["alert"] = {
            "action": "allowed",
            "gid": 1,
            "signature_id": 2001219,
            "rev": 20,
            "severity": 3,
            "signature": "ET SCAN Potential SSH Scan",
            "category": "Attempted Information Leak",
        }
    return event


def _public_address(chance: random.Random) -> str:
    """One of 65,536 addresses of the range for benchmarks (RFC 2544), some far more often."""
    number = int(chance.paretovariate(0.6)) % 65536
    return f"198.18.{number >> 8}.{number & 255}"


def _rfc3339(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
