"""C files that include mcuforge's runtime → the same files with what they include in place.

The runtime's headers and kernels lie in folders that an ecosystem would have to be told of, and are compiled under one
name per model. Put in place, a model is a handful of files that all carry its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from mcuforge.errors import InternalError

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"[ \t]*$')
_OPENS, _CLOSES = re.compile(r"^[ \t]*#[ \t]*if"), re.compile(r"^[ \t]*#[ \t]*endif")
_GUARD = re.compile(r"^#ifndef (\w+)\n#define \1\n(.*)^#endif[^\n]*\n?\Z", re.MULTILINE | re.DOTALL)

Find = Callable[[str], Path | None]


class Flattener:
    """Puts files in the place of `#include "…"`, each once over all calls of `flatten`.

    `find(name)` is the file that an include means, or None for one that stays an include.
    """

    def __init__(self, find: Find) -> None:
        self._find = find
        self._seen: set[str] = set()

    def flatten(self, text: str) -> str:
        lines: list[str] = []
        depth = 0
        for line in text.splitlines():
            depth += bool(_OPENS.match(line)) - bool(_CLOSES.match(line))
            match = _INCLUDE.match(line)
            path = self._find(match[1]) if match else None
            if match is None or path is None:
                lines.append(line)
            elif depth > 0:
                # Included once here and once elsewhere, neither of which may be compiled: its guard has to decide.
                lines += Flattener(self._find).flatten(path.read_text(encoding="utf-8")).splitlines()
            elif match[1] not in self._seen:
                self._seen.add(match[1])
                lines += self.flatten(without_guard(path.read_text(encoding="utf-8"))).splitlines()
        return "\n".join(lines) + "\n"


def without_guard(text: str) -> str:
    """A header without the lines that keep it from being read twice; any other text as it is."""
    return _GUARD.sub(r"\2", text)


def included(text: str) -> list[str]:
    """The names in a file's `#include "…"` lines, in order."""
    return [match[1] for line in text.splitlines() if (match := _INCLUDE.match(line))]


def replace_includes(text: str, names: Iterable[str], by: str) -> str:
    """One include of `by` where the first of `names` was included, and none of them any more.

    Raises InternalError when the file includes none of them.
    """
    unwanted = set(names)
    lines: list[str] = []
    is_replaced = False
    for line in text.splitlines():
        match = _INCLUDE.match(line)
        if match is None or match[1] not in unwanted:
            lines.append(line)
        elif not is_replaced:
            lines.append(f'#include "{by}"')
            is_replaced = True
    if not is_replaced:
        raise InternalError(f"nothing that {by} could replace is included")
    return "\n".join(lines) + "\n"


def single_spaced(text: str) -> str:
    """One blank line where there were several, and none at the end."""
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"
