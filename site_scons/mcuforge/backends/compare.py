"""`scons … compare`: one project, both runtimes, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mcuforge.backends.buildplan import Step
from mcuforge.errors import display_path
from mcuforge.manifest.types import Runtime

RUNTIMES: tuple[Runtime, ...] = ("aot", "tflm")
_FILES = ("size.json", "emulate.json")


def compare_step(folders: Mapping[Runtime, Path]) -> Step:
    """`folders` are the build folders. Runs each time it is asked for; budgets are judged elsewhere."""
    shown = {runtime: Path(display_path(folder)) for runtime, folder in folders.items()}
    return Step(
        name="compare",
        argv=("mcuforge.workers.compare", *(f"--{runtime}={folder}" for runtime, folder in shown.items())),
        inputs=tuple(folder / name for folder in shown.values() for name in _FILES),
        outputs=(),
        description="COMPARE",
    )
