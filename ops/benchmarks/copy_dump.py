"""PostgreSQL's COPY BINARY files, cut into files of fewer rows (manual: COPY, "Binary Format")."""

from __future__ import annotations

import struct
from pathlib import Path

from .errors import BenchError

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
HEADER_BYTES = len(SIGNATURE) + 8
TRAILER = struct.pack("!h", -1)


def split(dump: Path, rows_a_file: int) -> list[Path]:
    """Writes `dump`'s rows as files beside it, in order, and returns them."""
    data = dump.read_bytes()
    header = data[:HEADER_BYTES]
    if not header.startswith(SIGNATURE) or header[len(SIGNATURE) :] != bytes(8):
        raise BenchError(f"{dump.name} does not begin as a plain COPY BINARY file")
    ends = _row_ends(data)
    files: list[Path] = []
    start = HEADER_BYTES
    for index in range(rows_a_file - 1, len(ends) + rows_a_file - 1, rows_a_file):
        end = ends[min(index, len(ends) - 1)]
        file = dump.with_name(f"{dump.name}.{len(files):04}")
        file.write_bytes(header + data[start:end] + TRAILER)
        files.append(file)
        start = end
    return files


def _row_ends(data: bytes) -> list[int]:
    """Where each row ends, in bytes from the start."""
    field_count = struct.Struct("!h").unpack_from
    field_length = struct.Struct("!i").unpack_from
    ends: list[int] = []
    position = HEADER_BYTES
    while True:
        (fields,) = field_count(data, position)
        if fields == -1:
            return ends
        position += 2
        for _ in range(fields):
            (length,) = field_length(data, position)
            position += 4 + max(length, 0)
        ends.append(position)
