"""What Arduino's library specification (revision 1.5) demands of the files that we write.

Its own checker, arduino-lint, is on no registry that tests install from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_CATEGORIES = (
    *("Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing", "Data Storage"),
    *("Data Processing", "Other"),
)
_PROPERTIES = {
    "name": r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}",
    "version": r"\d+\.\d+\.\d+",
    **dict.fromkeys(("author", "maintainer", "sentence", "paragraph", "url", "architectures"), r"\S.*"),
    "category": "|".join(_CATEGORIES),
}


def problems(folder: Path) -> list[str]:
    """What is wrong with a library; empty when nothing is."""
    return [*_in_properties(folder), *_in_keywords(folder), *_in_examples(folder)]


def _in_properties(folder: Path) -> Iterator[str]:
    lines = (folder / "library.properties").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    for name, pattern in _PROPERTIES.items():
        if not re.fullmatch(pattern, properties.get(name, "")):
            yield f"library.properties: {name}={properties.get(name)}"
    for header in properties.get("includes", "").split(","):
        if not (folder / "src" / header).is_file():
            yield f"library.properties: there is no src/{header}"


def _in_keywords(folder: Path) -> Iterator[str]:
    for line in (folder / "keywords.txt").read_text().splitlines():
        if not line.startswith("#") and not re.fullmatch(r"\w+\tKEYWORD[123]", line):
            yield f"keywords.txt: {line}"


def _in_examples(folder: Path) -> Iterator[str]:
    """The IDE opens a sketch only in a folder of its name."""
    sketches = sorted(folder.glob("examples/*/*.ino"))
    if not sketches:
        yield "no example"
    yield from (f"{path}: not called like its folder" for path in sketches if path.stem != path.parent.name)
