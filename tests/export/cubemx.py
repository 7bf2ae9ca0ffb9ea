"""What CubeMX makes of an `.extSettings` file: its sections and keys (UM1718), and the files they name."""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from pathlib import Path

_KEYS = {"ProjectFiles": {"HeaderPath"}, "Others": {"Define", "HALModule"}, "Groups": None}


@dataclass(frozen=True)
class ExtSettings:
    """Paths are relative to the toolchain's folder, such as STM32CubeIDE/, in the project's."""

    include_dirs: tuple[str, ...]
    sources: tuple[str, ...]


def read_ext_settings(text: str) -> ExtSettings:
    parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=(), interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    groups = parser["Groups"] if parser.has_section("Groups") else {}
    return ExtSettings(
        include_dirs=_words(parser.get("ProjectFiles", "HeaderPath", fallback="")),
        sources=tuple(word for group in groups.values() for word in _words(group)),
    )


def problems(text: str, project: Path) -> list[str]:
    """What CubeMX would not understand or not find; empty when nothing is wrong."""
    parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=(), interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except configparser.Error as error:
        return [str(error)]
    found = [f"no section {name}" for name in parser.sections() if name not in _KEYS]
    for name in parser.sections():
        known = _KEYS.get(name)
        found += [f"{name} has no {key}" for key in parser[name] if known is not None and key not in known]
    settings = read_ext_settings(text)
    toolchain = project / "STM32CubeIDE"
    found += [f"no folder {path}" for path in settings.include_dirs if not (toolchain / path).resolve().is_dir()]
    found += [f"no file {path}" for path in settings.sources if not (toolchain / path).resolve().is_file()]
    return found


def _words(value: str) -> tuple[str, ...]:
    return tuple(word for word in value.split(";") if word)
