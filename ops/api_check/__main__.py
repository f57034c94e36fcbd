"""ops/api-check: the served API against its OpenAPI document."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from api_check import client, fuzz
from api_check.service import CheckError, Service

ROOT = Path(__file__).resolve().parent.parent.parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ops/api-check", description=__doc__)
    parser.add_argument(
        "--binary", type=Path, default=ROOT / ".build/debug/harrier", help="default: the debug build"
    )
    parser.add_argument(
        "--seconds", type=int, default=150, help="the most that schemathesis may take (default: 150)"
    )
    parser.add_argument("--examples", type=int, default=8, help="cases of an operation and phase (default: 8)")
    parser.add_argument("--seed", type=int, default=1, help="of schemathesis (default: 1)")
    parser.add_argument("--only", metavar="PATTERN", help="operation ids that match")
    return parser.parse_args()


def check_document(service: Service, folder: Path) -> Path:
    """The document, valid and kept as a file."""
    with urllib.request.urlopen(f"{service.url}/openapi.json", timeout=30) as response:
        document = json.load(response)
    errors = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]
    if errors:
        raise CheckError("the OpenAPI document is not valid:\n  " + "\n  ".join(errors))
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    operations = sum(len(item) for item in document["paths"].values())
    print(f"api-check: the document is valid OpenAPI 3.1 with {operations} operations", flush=True)
    return path


def main() -> int:
    arguments = parse_arguments()
    start = time.monotonic()
    try:
        # Unix sockets of private servers need a short path.
        with tempfile.TemporaryDirectory(prefix="harrier-api-") as name:
            folder = Path(name)
            folder.chmod(0o711)
            with Service(arguments.binary, folder) as service:
                document = check_document(service, folder)
                service.seed()
                client.check(service, document, folder)
                fuzz.check(service, folder, arguments)
    except CheckError as error:
        print(f"api-check: {error}", file=sys.stderr)
        return 1
    print(f"api-check: passed in {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
