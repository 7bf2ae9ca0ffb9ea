"""What a runtime adds to a build plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mcuforge.backends.buildplan import Image, Source, Step

Prefixes = Sequence[tuple[Path, str]]


@dataclass(frozen=True)
class RuntimeParts:
    """Fields as in BuildPlan. `include_dirs` are those of other people's libraries; `prefixes` name their folders.

    `planned_from` are files that were read to tell all this.
    """

    prepare: tuple[Step, ...]
    model_sources: tuple[Source, ...]
    library_sources: tuple[Source, ...] = ()
    probes: tuple[Image, ...] = ()
    include_dirs: tuple[Path, ...] = ()
    defines: tuple[str, ...] = ()
    prefixes: Prefixes = ()
    planned_from: tuple[Path, ...] = ()
