"""schemathesis with all its checks over the served document."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from api_check.service import CheckError, Service

HERE = Path(__file__).resolve().parent


def check(service: Service, folder: Path, arguments: argparse.Namespace) -> None:
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"),
        "run", f"{service.url}/openapi.json", "--checks", "all", "--seed", str(arguments.seed),
        "--max-examples", str(arguments.examples), "--max-time", str(arguments.seconds),
        "--header", f"Authorization: Bearer {service.key}", "--request-timeout", "30",
        "--continue-on-failure",
    ]  # fmt: skip
    if arguments.only:
        command += ["--include-operation-id-regex", arguments.only]
    # The tool keeps what it has found where it runs.
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "api_check.hooks", "PYTHONPATH": str(HERE.parent), "NO_COLOR": "1",
        "API_CHECK_IDS": json.dumps(service.ids()), "API_CHECK_LOGIN": json.dumps(service.admin),
        "API_CHECK_OWN": json.dumps(service.own()),
    }  # fmt: skip
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode != 0:
        raise CheckError("schemathesis found failures")
    # Had it taken its own key away, all since would have been refused, and passed.
    service.ask("GET", "/api/users")
