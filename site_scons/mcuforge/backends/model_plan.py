"""Target → ModelPlan: what a host's own build needs of a model. SCons and CMake print it, as they do a BuildPlan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from mcuforge.backends.buildplan import Source, Step, Wishes
from mcuforge.backends.firmware import Planner
from mcuforge.convert.source_files import source_files
from mcuforge.errors import UserError, display_path
from mcuforge.manifest.types import Project, Target
from mcuforge.resources import runtime_dir
from mcuforge.toolchain.flags import EMBEDDED


@dataclass(frozen=True)
class ModelPlan:
    """A model as a library in somebody else's build: their compiler, their flags, their linker script.

    `flags` and `include_dirs` are for `sources` alone; users of the library see `public_include_dir`. `plan_json` is
    among the outputs of `steps`, and what measuring an image needs. A change of `configured_by` changes this plan.
    """

    target: Target
    build_dir: Path
    steps: tuple[Step, ...]
    sources: tuple[Source, ...]
    header: Path
    public_include_dir: Path
    include_dirs: tuple[Path, ...]
    flags: tuple[str, ...]
    plan_json: Path
    configured_by: tuple[Path, ...]


def plan_model(target: Target, build_dir: Path) -> ModelPlan:
    """Raises UserError for a runtime that is more than a model's own C. No compiler is looked for."""
    project = target.project
    if target.runtime != "aot":
        raise UserError(
            f"the runtime {target.runtime} does not embed in another build",
            location=project.positions.at("runtime"),
            hint="write `runtime: aot`, or link TensorFlow Lite Micro as your build does and use an export",
        )
    planner = Planner(target, build_dir, Wishes())
    parts = planner.aot_parts()
    return ModelPlan(
        target=target,
        build_dir=planner.build_dir.absolute(),
        steps=tuple(_anywhere(step, target) for step in parts.prepare),
        sources=tuple(replace(source, path=source.path.absolute()) for source in parts.model_sources),
        header=planner.generated.absolute() / f"{planner.name}.h",
        public_include_dir=planner.generated.absolute(),
        include_dirs=(runtime_dir() / "include", runtime_dir()),
        flags=EMBEDDED,
        plan_json=planner.plan_json.absolute(),
        configured_by=(project.path, *target.board.files, *_named_files(project)),
    )


def _named_files(project: Project) -> Iterable[Path]:
    """A model that is a folder: which files it has is part of the plan."""
    source = project.model.source
    return source_files(source, project.model.format) if source.is_dir() else ()


def _anywhere(step: Step, target: Target) -> Step:
    """The step with absolute paths: a host's build runs its commands in whatever folder it likes."""
    files = (*step.inputs, *step.outputs, target.project.path, target.board.path)
    places = (*files, *(file.parent for file in files))
    absolute = {text: str(place.absolute()) for place in places for text in (str(place), display_path(place))}
    return replace(
        step,
        argv=tuple(absolute.get(word, word) for word in step.argv),
        inputs=tuple(path.absolute() for path in step.inputs),
        outputs=tuple(path.absolute() for path in step.outputs),
    )


def gate_argv(plan: ModelPlan, elf: Path, map_file: Path, output: Path, toolchain: str) -> tuple[str, ...]:
    """The worker that measures a host's image and judges it by the manifest; `toolchain` is for the report only."""
    target = plan.target
    return (
        *("mcuforge.workers.gate", "--project", str(target.project.path), "--board", str(target.board.path)),
        *("--runtime", target.runtime, "--plan", str(plan.plan_json), "--elf", str(elf), "--map", str(map_file)),
        *("--output", str(output), "--toolchain", toolchain),
    )
