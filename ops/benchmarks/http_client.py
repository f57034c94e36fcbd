"""HTTP/1.1 over one keep-alive socket, with requests that are bytes from the start."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from .errors import BenchError


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        document = json.loads(self.body)
        if not isinstance(document, dict):
            raise BenchError("a JSON object was expected in the response")
        return document


def request_bytes(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """A whole request; `Host` and `Content-Length` are set here."""
    lines = [f"{method} {path} HTTP/1.1", "Host: harrier"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method not in ("GET", "HEAD"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


class Connection:
    """Sends one request at a time; not for several threads."""

    def __init__(self, host: str, port: int, timeout: float = 60) -> None:
        self._socket = socket.create_connection((host, port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pending = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def exchange(self, request: bytes) -> Response:
        self._socket.sendall(request)
        head = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        return Response(status, headers, self._read_body(status, headers))

    def _read_body(self, status: int, headers: dict[str, str]) -> bytes:
        if status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._read_chunks()
        return self._read_exactly(int(headers.get("content-length", "0")))

    def _read_chunks(self) -> bytes:
        parts: list[bytes] = []
        while True:
            size = int(self._read_until(b"\r\n").split(b";")[0], 16)
            part = self._read_exactly(size + 2)[:-2]
            if size == 0:
                return b"".join(parts)
            parts.append(part)

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._pending:
            self._pending += self._receive()
        found, _, self._pending = self._pending.partition(mark)
        return found

    def _read_exactly(self, count: int) -> bytes:
        while len(self._pending) < count:
            self._pending += self._receive()
        found, self._pending = self._pending[:count], self._pending[count:]
        return found

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise BenchError("the service closed the connection before its answer was complete")
        return data


def log_in(host: str, port: int, email: str, password: str) -> str:
    """An access token."""
    body = json.dumps({"email": email, "password": password}).encode()
    request = request_bytes("POST", "/api/auth/login", {"Content-Type": "application/json"}, body)
    with Connection(host, port) as connection:
        response = connection.exchange(request)
    if response.status != 200:
        raise BenchError(f"the login answered {response.status}: {response.body[:500]!r}")
    return str(response.json()["access_token"])
