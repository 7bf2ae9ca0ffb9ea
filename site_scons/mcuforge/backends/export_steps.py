"""The steps that write a model out for other build systems: one for each ecosystem of `export/`."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
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


def export_steps(planner: Planner, prepare: Sequence[Step]) -> Mapping[str, tuple[Step, ...]]:
    """By target. They have no outputs for a build system to know, for folders are theirs as a whole: always run."""
    return {f"{EXPORT}{name}": (_step(planner, name, prepare),) for name in ecosystem_names()}


def _step(planner: Planner, ecosystem: str, prepare: Sequence[Step]) -> Step:
    return Step(
        name=f"{EXPORT}{ecosystem}",
        argv=(
            *("mcuforge.workers.export", *planner.who(), "--runtime", planner.target.runtime),
            *("--model", str(planner.model), "--plan", str(planner.plan_json), "--ecosystem", ecosystem),
            *("--output", str(planner.build_dir / "export")),
        ),
        inputs=(planner.model, *(output for step in prepare for output in step.outputs)),
        outputs=(),
        description="EXPORT",
    )
