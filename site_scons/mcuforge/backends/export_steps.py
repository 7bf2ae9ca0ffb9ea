"""The steps that write a model out for other build systems: one for each ecosystem of `export/`."""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mcuforge.backends.buildplan import Step

if TYPE_CHECKING:
    from mcuforge.backends.firmware import Planner

EXPORT = "export-"


def ecosystem_names() -> tuple[str, ...]:
    """What `scons … export-<name>` knows. Looks at file names only: no build pays for importing exports."""
    modules = pkgutil.iter_modules([str(Path(__file__).with_name("export"))])
    return tuple(sorted(info.name.replace("_", "-") for info in modules))


def only_exports(goals: Collection[str]) -> bool:
    """Whether nothing else was asked for by name."""
    return bool(goals) and all(goal.startswith(EXPORT) for goal in goals)


def export_steps(planner: Planner, prepare: Sequence[Step]) -> Mapping[str, tuple[Step, ...]]:
    """By target. They have no outputs for a build system to know, for folders are theirs as a whole: always run."""
    return {f"{EXPORT}{name}": (_step(planner, name, prepare),) for name in ecosystem_names()}


def _step(planner: Planner, ecosystem: str, prepare: Sequence[Step]) -> Step:
    is_tflm = planner.target.runtime == "tflm"
    # With TensorFlow Lite Micro, whose sources the ecosystem brings, an export starts from the model itself.
    prepare = planner.model_steps.prepare() if is_tflm else prepare
    return Step(
        name=f"{EXPORT}{ecosystem}",
        argv=(
            *("mcuforge.workers.export", *planner.who(), "--runtime", planner.target.runtime),
            *("--model", str(planner.model), "--ecosystem", ecosystem),
            *(() if is_tflm else ("--plan", str(planner.plan_json))),
            *("--output", str(planner.build_dir / "export")),
        ),
        inputs=(planner.model, *(output for step in prepare for output in step.outputs)),
        outputs=(),
        description="EXPORT",
    )
