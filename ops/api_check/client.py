"""A client made by openapi-python-client from the document logs in and pages through incidents."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

from api_check.service import CheckError, Service

PACKAGE = "harrier_client"


def generate(document: Path, folder: Path) -> None:
    tools = Path(sys.executable).parent
    done = subprocess.run(
        [
            str(tools / "openapi-python-client"), "generate", "--path", str(document),
            "--output-path", str(folder / PACKAGE), "--meta", "none",
        ],
        # It formats what it makes with ruff.
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise CheckError(f"openapi-python-client made no client:\n{done.stdout}\n{done.stderr}")
    sys.path.insert(0, str(folder))


def check(service: Service, document: Path, folder: Path) -> None:
    generate(document, folder)
    made = importlib.import_module(PACKAGE)
    login = importlib.import_module(f"{PACKAGE}.api.auth.login")
    lists = importlib.import_module(f"{PACKAGE}.api.incidents.list_incidents")
    bodies = importlib.import_module(f"{PACKAGE}.models.login_body")
    with made.Client(base_url=service.url) as guest:
        tokens = login.sync(
            client=guest,
            body=bodies.LoginBody(email=service.admin["email"], password=service.admin["password"]),
        )
    seen: list[str] = []
    cursor = None
    with made.AuthenticatedClient(base_url=service.url, token=tokens.access_token) as person:
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = lists.sync(client=person, limit=2, **more)
            if not hasattr(page, "incidents"):
                raise CheckError(f"the generated client read no page of incidents: {page}")
            seen += [incident.number for incident in page.incidents]
            cursor = page.next_cursor
            if not cursor:
                break
    if len(seen) < 6 or len(set(seen)) != len(seen):
        raise CheckError(f"the generated client paged through {seen}")
    print(f"api-check: a generated client logged in and read {len(seen)} incidents in pages", flush=True)
