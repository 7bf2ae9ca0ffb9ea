"""`scons … compare`: one project, both runtimes, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mcuforge.backends.buildplan import Step, Wishes
from mcuforge.errors import display_path
from mcuforge.manifest.types import Runtime, Target

RUNTIMES: tuple[Runtime, ...] = ("aot", "tflm")
# Tools of others that can be asked about a model: `scons … compare with=…`.
SECOND_OPINIONS = ("stedgeai",)
_FILES = ("size.json", "emulate.json")


def second_opinion_step(target: Target, build_dir: Path, model_dir: Path) -> Step:
    """Another tool's figures beside those of the build in `build_dir`. Runs each time it is asked for."""
    # Imported here: what is in the module above is needed to read a command line, and this plans builds.
    from mcuforge.backends.firmware import Planner

    planner = Planner(target, build_dir, Wishes(), model_dir)
    words = ("--model", str(planner.model), "--size", str(planner.size_json), "--board", target.board.name)
    return Step(
        name="second_opinion",
        argv=("mcuforge.workers.second_opinion", *words),
        inputs=(planner.model, planner.size_json),
        outputs=(),
        description="COMPARE",
    )


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
