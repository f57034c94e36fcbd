"""A private service of its own, with something in it."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

SCOPES = "events:write,events:read,incidents:read,incidents:write,rules:write,operate,admin"

RULE_ID = "5d1f1f54-6a5e-4c39-9b6e-1f0c54d1c001"
RULE = f"""\
title: Logins of a check
id: {RULE_ID}
logsource:
    product: linux
    service: sshd
detection:
    selection:
        user: api-check
    condition: selection
level: low
"""


class CheckError(Exception):
    """What the check found, or why it could not look."""


class Service:
    """`harrier demo --no-replay --detach` in a folder, for the length of a `with`."""

    def __init__(self, binary: Path, folder: Path) -> None:
        if not binary.exists():
            raise CheckError(f"{binary} is missing: swift build --product harrier")
        self.binary = binary
        self.data = folder / "data"
        self.url = ""
        self.admin: dict[str, str] = {}
        self.key = ""
        self.environment = dict(os.environ)

    def __enter__(self) -> Service:
        # Wrong credentials are among what is tried; the limits on them have tests of their own.
        self.environment["HARRIER_FAILED_CREDENTIALS"] = "1000000"
        self.run("demo", "--data", str(self.data), "--port", "0", "--no-replay", "--detach")
        ready = json.loads((self.data / "ready.json").read_text())
        self.url = ready["url"]
        self.admin = ready["admin"]
        self.environment["HARRIER_DATABASE_URL"] = ready["database_url"]
        self.environment["HARRIER_REDIS_URL"] = ready["redis_url"]
        self.key = self.run(
            "key", "create", "--org", ready["organization"], "--name", "api-check",
            "--scopes", SCOPES, "--tier", "unlimited",
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        log = self.data / "harrier.log"
        if log.exists():
            faults = [line for line in log.read_text().splitlines() if "request failed" in line]
            for line in faults[:20]:
                print(f"api-check: {line}", flush=True)
        subprocess.run(
            [self.binary, "demo", "--stop", "--data", str(self.data)],
            env=self.environment, check=False, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.binary, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise CheckError(f"harrier {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def ask(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json"
    ) -> Any:
        """The JSON of an answer that is no error."""
        data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, method=method)
        request.add_header("Authorization", f"Bearer {self.key}")
        if data is not None:
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise CheckError(f"{method} {path} answered {error.code}: {error.read().decode()[:500]}") from error

    def ids(self) -> dict[str, list[str]]:
        """Of what is there, by the path of its list."""
        own = self.own()
        return {
            f"/api/{name}": [
                str(item["id"])
                for item in self.ask("GET", f"/api/{name}?limit=20")[name]
                if str(item["id"]) != own.get(f"/api/{name}")
            ]
            for name in ("events", "incidents", "rules", "exceptions", "users", "keys")
        }

    def own(self) -> dict[str, str]:
        """The ids of the key and the person that the check goes by, which must stay as they are."""
        users = self.ask("GET", "/api/users")["users"]
        person = next(user["id"] for user in users if user["email"] == self.admin["email"])
        return {"/api/keys": self.key.removeprefix("hk_").split(".")[0], "/api/users": str(person)}

    def seed(self) -> None:
        """Events that raise an incident, incidents of a person, a rule and an exception."""
        now = time.time()
        stamps = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 300 + step)) for step in range(30)]
        events = [
            {
                "ts": stamp, "source_type": "linux.sshd", "event_id": "failed_password", "severity": 5,
                "src_ip": "203.0.113.7", "host": "check-1", "user": "api-check", "outcome": "failure",
                "action": "login", "message": "Failed password for api-check from 203.0.113.7 port 22 ssh2",
            }
            for stamp in stamps
        ]  # fmt: skip
        self.ask("POST", "/api/rules", RULE, "application/yaml")
        receipt = self.ask("POST", "/api/events", {"events": events})
        if receipt["stored"] != len(events):
            raise CheckError(f"the events were not stored: {receipt}")
        for number in range(5):
            self.ask("POST", "/api/incidents", {"reason": f"check {number}", "src_ip": "203.0.113.7"})
        for number in range(2):
            person = {"email": f"person-{number}@check.example", "password": f"a password {number} to check"}
            self.ask("POST", "/api/users", person | {"role": "analyst"})
            self.ask("POST", "/api/keys", {"name": f"spare {number}", "scopes": ["events:read"]})
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + 86_400))
        self.ask(
            "POST",
            "/api/exceptions",
            {"reason": "check", "entity": {"type": "host", "value": "elsewhere"}, "expires_at": expires},
        )
        for _ in range(100):
            if any(one["rule"] for one in self.ask("GET", "/api/incidents")["incidents"]):
                return
            time.sleep(0.1)
        raise CheckError("the events raised no incident")
