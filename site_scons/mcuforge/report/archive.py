"""Archives of objects in GNU's format (`ar(5)`; System V's symbol index)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_MAGIC = b"!<arch>\n"
_HEADER = 60
_INDEX, _LONG_NAMES = "/", "//"


def archive_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each member; nothing for a file that is gone or no archive."""
    names = b""
    for name, body in _entries(path):
        if name == _LONG_NAMES:
            names = body
        elif name.startswith("/") and name[1:].isdigit():
            start = int(name[1:])
            yield names[start : names.index(b"/", start)].decode(), body
        elif name not in (_INDEX, "/SYM64/"):
            yield name.rstrip("/"), body


def archive_index(path: Path) -> dict[str, int]:
    """{global name: where its member's header lies}; the first member that defines it wins, as it does in a linker."""
    for name, body in _entries(path):
        if name != _INDEX:
            break
        count = int.from_bytes(body[:4], "big")
        places = [int.from_bytes(body[at : at + 4], "big") for at in range(4, 4 + 4 * count, 4)]
        words = body[4 + 4 * count :].split(b"\0")
        index: dict[str, int] = {}
        for word, place in zip(words, places, strict=False):
            index.setdefault(word.decode(), place)
        return index
    return {}


def archive_member(path: Path, place: int) -> bytes:
    """The content of the member whose header lies at `place`."""
    with path.open("rb") as stream:
        stream.seek(place)
        return stream.read(int(stream.read(_HEADER)[48:58]))


def _entries(path: Path) -> Iterator[tuple[str, bytes]]:
    data, at = path.read_bytes() if path.is_file() else b"", len(_MAGIC)
    while data.startswith(_MAGIC) and at + _HEADER <= len(data):
        name, size = data[at : at + 16].decode().rstrip(), int(data[at + 48 : at + 58])
        yield name, data[at + _HEADER : at + _HEADER + size]
        at += _HEADER + size + size % 2
