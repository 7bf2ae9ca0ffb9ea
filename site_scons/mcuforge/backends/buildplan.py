"""The seam between what to build and who builds it: SCons and CMake *print* a BuildPlan, nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mcuforge.manifest.types import Target


@dataclass(frozen=True)
class Step:
    """One worker process. `values` are settings that change the outputs and are no file (part of the signature).

    `argv` follows `python -m`: ("mcuforge.workers.generate", "--project", …). Paths in it are absolute or
    relative to the build system's working directory, the same as in inputs and outputs.
    """

    name: str
    argv: tuple[str, ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True)
class Source:
    """A file to compile; `flags` come after the plan's own."""

    path: Path
    language: str = "c"
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Image:
    """A program to link from sources: the firmware itself, or its twin for the emulator."""

    name: str
    sources: tuple[Source, ...]
    linker_script: Path | None
    link_flags: tuple[str, ...]


@dataclass(frozen=True)
class BuildPlan:
    """Everything that is built for one project on one board."""

    target: Target
    build_dir: Path
    steps: tuple[Step, ...]
    model_sources: tuple[Source, ...]
    firmware: Image
    twin: Image | None
    include_dirs: tuple[Path, ...]
    defines: tuple[str, ...]
    flags: tuple[str, ...]
    libraries: tuple[str, ...]
