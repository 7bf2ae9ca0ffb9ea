"""Target → ModelPlan: what a host's own build needs of a model. SCons and CMake print it, as they do a BuildPlan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mcuforge.backends.buildplan import Source, Step, Wishes
from mcuforge.backends.firmware import Planner
from mcuforge.backends.runtime_parts import RuntimeParts
from mcuforge.convert.source_files import source_files
from mcuforge.errors import UserError, display_path
from mcuforge.manifest.types import Project, Target
from mcuforge.resources import runtime_dir
from mcuforge.toolchain.flags import EMBEDDED, EMBEDDED_CXX

# How to optimize, which language and which warnings are the host's to say.
_HOSTS_FLAGS = ("-O", "-std=", "-W")
_TFLM_KERNELS = "tflm/kernels/"


@dataclass(frozen=True)
class Archive:
    """A static library: `file` is its path without prefix and suffix. `flags` of its sources come after the plan's.

    `part` is empty for the model's own C, else `tflm` or `tflm_kernels`.
    """

    part: str
    file: Path
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class ModelPlan:
    """A model as a library in somebody else's build: their compiler, their flags, their linker script.

    `archives`: the model's own C, then, with the runtime tflm, the interpreter and the kernels, which need each other.
    `flags` by language, `defines` and `include_dirs` are for the archives alone; users of the library see
    `public_include_dir`. `plan_json` is among the outputs of `steps`, and what measuring an image needs. A change of
    `configured_by` changes this plan. `lead` is the model of the same image whose archives hold TFLM for this one too.
    """

    target: Target
    build_dir: Path
    steps: tuple[Step, ...]
    archives: tuple[Archive, ...]
    header: Path
    public_include_dir: Path
    include_dirs: tuple[Path, ...]
    defines: tuple[str, ...]
    flags: Mapping[str, tuple[str, ...]]
    plan_json: Path
    configured_by: tuple[Path, ...]
    lead: ModelPlan | None = None

    @property
    def link_order(self) -> tuple[Archive, ...]:
        """As a linker takes them that goes through archives once: one whose members later ones need comes again."""
        own = (*self.archives, *self.archives[1:-1])
        return own if self.lead is None else (*own, *self.lead.link_order[1:])


def plan_models(models: Sequence[tuple[Target, Path]], tflm_dir: str | None = None) -> tuple[ModelPlan, ...]:
    """For models of one image, with the build folder of each: those on TFLM share one, and one op resolver.

    No compiler is looked for. `tflm_dir` is a TensorFlow Lite Micro checkout for the runtime tflm.
    Raises UserError as `tflm_parts` does, and for two models of one name.
    """
    planners = [Planner(target, build_dir, Wishes(tflm_dir=tflm_dir)) for target, build_dir in models]
    for at, planner in enumerate(planners):
        if planner.name in (other.name for other in planners[:at]):
            place = planner.project.positions.at("name")
            raise UserError(f"two models of one image are called {planner.name}", location=place)
    image = [planner for planner in planners if planner.target.runtime == "tflm"]
    plans: list[ModelPlan] = []
    for planner in planners:
        lead = next((plan for plan in plans if plan.target.runtime == "tflm"), None)
        plans.append(_plan(planner, image, lead if planner in image else None))
    return tuple(plans)


def _plan(planner: Planner, image: Sequence[Planner], lead: ModelPlan | None) -> ModelPlan:
    target, project = planner.target, planner.project
    parts = planner.tflm_parts(is_embedded=True, image=image) if planner in image else planner.aot_parts()
    runtime = runtime_dir()
    return ModelPlan(
        target=target,
        build_dir=planner.build_dir.absolute(),
        steps=tuple(_anywhere(step, target, parts) for step in parts.prepare),
        archives=_archives(planner, parts),
        header=planner.generated.absolute() / f"{planner.name}.h",
        public_include_dir=planner.generated.absolute(),
        include_dirs=(runtime / "include", runtime, *(path.absolute() for path in parts.include_dirs)),
        defines=parts.defines,
        flags={"c": EMBEDDED, "c++": EMBEDDED_CXX},
        plan_json=planner.plan_json.absolute(),
        configured_by=(project.path, *target.board.files, *_named_files(project), *parts.planned_from),
        lead=lead,
    )


def _archives(planner: Planner, parts: RuntimeParts) -> tuple[Archive, ...]:
    """The report tells objects apart by their folder, and a map file names no folder but the archive's."""
    folder, name = planner.build_dir.absolute(), planner.name
    own = Archive("", folder / name, _in_host(parts.model_sources))
    if not parts.library_sources:
        return (own,)
    kernels = [source for source in parts.library_sources if source.object_name.startswith(_TFLM_KERNELS)]
    engine = [source for source in parts.library_sources if source not in kernels]
    tflm = folder / "obj" / "tflm"
    archives = (own, Archive("tflm", tflm / f"{name}_tflm", _in_host(engine)))
    if not kernels:
        return archives
    return (*archives, Archive("tflm_kernels", tflm / "kernels" / f"{name}_tflm_kernels", _in_host(kernels)))


def _in_host(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(
        replace(
            source,
            path=source.path.absolute(),
            flags=tuple(flag for flag in source.flags if not flag.startswith(_HOSTS_FLAGS)),
            object_name=source.object_name or source.path.stem,
        )
        for source in sources
    )


def _named_files(project: Project) -> Iterable[Path]:
    """A model that is a folder: which files it has is part of the plan."""
    source = project.model.source
    return source_files(source, project.model.format) if source.is_dir() else ()


def _anywhere(step: Step, target: Target, parts: RuntimeParts) -> Step:
    """The step with absolute paths: a host's build runs its commands in whatever folder it likes."""
    files = (*step.inputs, *step.outputs, target.project.path, target.board.path)
    places = (*files, *(file.parent for file in files), *(folder for folder, _ in parts.prefixes))
    absolute = {text: str(place.absolute()) for place in places for text in (str(place), display_path(place))}
    return replace(
        step,
        argv=tuple(absolute.get(word, word) for word in step.argv),
        inputs=tuple(path.absolute() for path in step.inputs),
        outputs=tuple(path.absolute() for path in step.outputs),
    )


def gate_argv(
    plan: ModelPlan, elf: Path, map_file: Path, output: Path, toolchain: str, images: Sequence[Path] = ()
) -> tuple[str, ...]:
    """The worker that measures a host's image and judges it by the manifest; `toolchain` is for the report only.

    `images` are removed with the ELF file when that is over budget.
    """
    target = plan.target
    return (
        *("mcuforge.workers.gate", "--project", str(target.project.path), "--board", str(target.board.path)),
        *("--runtime", target.runtime, "--plan", str(plan.plan_json), "--elf", str(elf), "--map", str(map_file)),
        *("--output", str(output), "--toolchain", toolchain),
        *(word for image in images for word in ("--image", str(image))),
    )
