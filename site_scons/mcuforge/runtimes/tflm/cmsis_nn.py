"""Which of CMSIS-NN's sources a set of kernels reaches, by the names of the functions that they call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.runtimes.tflm.cpp_scan import functions, identifiers, without_comments

DEFINES = ("CMSIS_NN", "KERNELS_OPTIMIZED_FOR_SPEED")
_FUNCTION = r"arm_\w+"
_NAME = re.compile(_FUNCTION)


def reachable_sources(root: Path, kernels: Iterable[Path]) -> tuple[Path, ...]:
    """The files of `root`/Source that `kernels` need, directly or through others, sorted."""
    defined: dict[str, Path] = {}
    called: dict[Path, set[str]] = {}
    for path in sorted((root / "Source").rglob("*.c")):
        text = _read(path)
        called[path] = _calls(text)
        for name, _, _ in functions(text, _FUNCTION):
            defined.setdefault(name, path)
    if not defined:
        raise UserError(f"`{root}` holds no CMSIS-NN sources", hint="it needs Source/**/*.c and Include/")
    inline = _inline_functions(root / "Include")
    waiting = {name for path in kernels for name in _calls(_read(path))}
    found: set[Path] = set()
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        source = defined.get(name)
        if source is not None and source not in found:
            found.add(source)
            waiting |= called[source]
        waiting |= inline.get(name, set())
    return tuple(sorted(found))


def core_include_dir(root: Path) -> Path:
    """Where cmsis_compiler.h is, in a checkout of CMSIS 6 or in upstream's download of it."""
    for folder in (root / "CMSIS" / "Core" / "Include", root / "Core" / "Include", root / "Include"):
        if folder.is_dir():
            return folder
    raise UserError(f"`{root}` holds no CMSIS core headers", hint="it needs CMSIS/Core/Include")


def _inline_functions(folder: Path) -> dict[str, set[str]]:
    """Functions that headers define, and what they call."""
    calls: dict[str, set[str]] = {}
    for header in sorted(folder.glob("*.h")):
        for name, _, body in functions(_read(header), _FUNCTION):
            calls.setdefault(name, set()).update(_calls(body))
    return calls


def _calls(text: str) -> set[str]:
    return {name for name in identifiers(text) if _NAME.fullmatch(name)}


def _read(path: Path) -> str:
    return without_comments(path.read_text(encoding="utf-8", errors="replace"))
