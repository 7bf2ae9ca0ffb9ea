"""The part of a build plan that is TFLM's: its sources, the generated engine, the measured arena, the API in front."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mcuforge.backends.buildplan import Image, Source, Step, shown
from mcuforge.backends.runtime_parts import RuntimeParts
from mcuforge.convert.source_files import source_files
from mcuforge.emulate.port import port_sources
from mcuforge.errors import UserError
from mcuforge.manifest.types import Project
from mcuforge.model.reader import read_model
from mcuforge.resources import runtime_dir
from mcuforge.runtimes.tflm.generate import api_file_names, engine_file_names
from mcuforge.runtimes.tflm.prepare import PreparedModel, prepare
from mcuforge.runtimes.tflm.sources import find_sources
from mcuforge.runtimes.tflm.support import VENDOR_FOLDERS
from mcuforge.runtimes.tflm.tree import RESOLVER
from mcuforge.toolchain.compiler import require_cxx

if TYPE_CHECKING:
    from mcuforge.backends.firmware import Planner

# Upstream's own choice: small where speed does not matter, fast where it does.
_CORE_FLAGS = ("-w", "-funsigned-char", "-Os")
_KERNEL_FLAGS = ("-w", "-funsigned-char", "-O2")
_C_DIALECT = ("-std=gnu17",)
_PER_CHANNEL_SCHEMES = ("int8", "int16x8")
_PARTS = ("model", "runtimes", "plan/memory.py")


def tflm_parts(planner: Planner, is_embedded: bool = False, image: Sequence[Planner] = ()) -> RuntimeParts:
    """Reads the model and probes the tree: which files are compiled is known before anything is built.

    `is_embedded`: a host's compiler builds it, so that no program of ours can be made that measures the arena.
    `image`: the models that one image links, this one among them. TFLM, and one op resolver for all, are the first's.
    Raises UserError for missing sources, for a model that this tree cannot run, and for models that cannot share it.
    """
    return _TflmPlanner(planner, is_embedded, image or (planner,)).parts()


def _check_before_converting(project: Project, tflm_dir: str | None) -> None:
    """What need not wait for a conversion.

    Raises UserError for missing sources, and for an old tree that would compute the quantized model wrongly.
    """
    quantize = project.quantize
    if not project.is_converted:
        return
    tree = find_sources(tflm_dir, project.kernels).tree
    if quantize is None or quantize.scheme not in _PER_CHANNEL_SCHEMES or tree.per_channel_fully_connected:
        return
    from mcuforge.convert.loader import loaders_by_format

    if loaders_by_format()[project.model.format].has_dense_layers(project.model.source):
        raise UserError(
            f"{project.model.source.name} has fully connected layers, which {quantize.scheme} gives one scale for each "
            "channel, and this TensorFlow Lite Micro tree silently ignores them",
            location=project.positions.at("quantize", "scheme"),
            hint="take a newer tree (the pinned one knows them), or write `runtime: aot`",
        )


class _TflmPlanner:
    def __init__(self, planner: Planner, is_embedded: bool, image: Sequence[Planner]) -> None:
        self.planner = planner
        self.lead = image[0]
        self.others = tuple(other for other in image if other is not planner)
        self.is_embedded = is_embedded
        self.project = planner.project
        target, wishes = planner.target, planner.wishes
        if not is_embedded:
            require_cxx(planner.toolchain, planner.board.positions.at("toolchain"))
        for other in self.others:
            _check_shares(planner.project, other.project)
        for each in (planner, *self.others):
            _check_before_converting(each.project, wishes.tflm_dir)
        graph, *others = (read_model(each.model_steps.converted_now()) for each in (planner, *self.others))
        self.model: PreparedModel = prepare(target, graph, wishes.tflm_dir, others)
        self.arena_json = planner.generated / "arena.json"

    def parts(self) -> RuntimeParts:
        selection, tree = self.model.selection, self.model.sources.tree
        sizing = self.sizing()
        library = self.planner.own(self.planner.generated / f"{self.planner.name}.c")
        return RuntimeParts(
            prepare=(*self.planner.model_steps.prepare(), self.engine(), self.size_arena(sizing), self.api()),
            model_sources=(library,),
            library_sources=tuple(self.library_sources()),
            probes=() if sizing is None else (sizing,),
            include_dirs=(*(() if self.is_lead else (self.lead.generated,)), *selection.include_dirs),
            defines=(*selection.defines, f"MCUF_TFLM_NAMESPACE={tree.namespace}"),
            prefixes=tuple((folder, name) for name, folder in self.folders().items()),
            planned_from=(*self.models_read(), tree.root / RESOLVER),
        )

    @property
    def is_lead(self) -> bool:
        return self.planner is self.lead

    def models_read(self) -> Iterator[Path]:
        for planner in (self.planner, *self.others):
            model = planner.project.model
            yield from source_files(model.source, model.format)
            yield planner.project.path

    def folders(self) -> dict[str, Path]:
        """What stands for each folder of sources inside objects; the tree comes before what lies in it."""
        return {"tflm": self.model.sources.tree.root, **self.model.sources.libraries}

    # -- compiling ------------------------------------------------------------------------------------------------

    def library_sources(self) -> Iterator[Source]:
        """Ours, generated and not, then TFLM's core, its kernels, and the kernel library's files."""
        name, generated = self.planner.name, self.planner.generated
        yield self.own_cxx(generated / f"{name}_interpreter.cc", f"{name}_interpreter")
        yield self.planner.own(generated / f"{name}_model.c")
        if not self.is_lead:
            return
        yield self.own_cxx(generated / f"{name}_op_resolver.cc", f"{name}_op_resolver")
        for path in sorted((runtime_dir() / "platform" / "tflm").glob("*.cc")):
            yield self.own_cxx(path, f"tflm/platform/{path.stem}")
        selection, root = self.model.selection, self.model.sources.tree.root
        for group, files, flags in (
            ("core", selection.core, _CORE_FLAGS),
            ("kernels", selection.kernels, _KERNEL_FLAGS),
        ):
            for file in files:
                yield Source(shown(root / file), "c++", flags, f"tflm/{group}/{_stem(file)}")
        for path in selection.library:
            file = path.relative_to(selection.library_root or root).as_posix()
            c_flags = (*_C_DIALECT, *_KERNEL_FLAGS, *selection.library_flags)
            yield Source(shown(path), "c", c_flags, f"tflm/kernels/{self.project.kernels}/{_stem(file)}")

    def own_cxx(self, path: Path, object_name: str) -> Source:
        return Source(shown(path), "c++", ("-Wconversion", "-Wshadow"), object_name)

    def sizing(self) -> Image | None:
        """The program that tries an arena's size: the same objects, without the API, on the emulated machine."""
        planner, board = self.planner, self.planner.target.twin
        if board is None or self.is_embedded:
            return None
        platform = runtime_dir() / "platform"
        sources = (
            self.own_cxx(planner.generated / f"{planner.name}_sizing.cc", f"{planner.name}_sizing"),
            planner.own(platform / "tflm" / "sizing.c"),
            *map(planner.own, port_sources(board)),
        )
        folder = planner.build_dir / "sizing"
        return planner.image("sizing", folder, board, sources, planner.build_dir / "twin" / "platform")

    # -- steps ----------------------------------------------------------------------------------------------------

    def common_argv(self) -> tuple[str, ...]:
        planner = self.planner
        return (
            *(*planner.who(), "--model", str(planner.model)),
            *("--tflm", str(self.model.sources.tree.root)),
        )

    def values(self) -> dict[str, str]:
        """Settings that change what is generated; the tree's by what was found in it, not by where it is."""
        project, sources = self.project, self.model.sources
        tree = {key: value for key, value in asdict(sources.tree).items() if key != "root"}
        return {
            "name": project.name,
            "labels": json.dumps(project.labels),
            "operators": json.dumps(project.operators),
            "kernels": project.kernels,
            "sha256": str(project.model.sha256),
            "require_optimized": str(project.require_optimized),
            "tree": hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest(),
            "origins": json.dumps([asdict(origin) for origin in sources.origins]),
        }

    def engine(self) -> Step:
        planner = self.planner
        names = engine_file_names(planner.name, has_resolver=self.is_lead)
        shared = tuple(other.model for other in self.others) if self.is_lead else ()
        resolver = () if self.is_lead else ("--resolver", self.lead.name)
        return Step(
            name="engine",
            argv=(
                *("mcuforge.workers.tflm_engine", *self.common_argv(), "--output", str(planner.generated), *resolver),
                *(word for model in shared for word in ("--also", str(model))),
            ),
            inputs=(planner.model, *shared, *planner.modules(*_PARTS, "workers/tflm_engine.py")),
            outputs=tuple(planner.generated / name for name in names),
            values=self.values(),
            description="GENERATE",
        )

    def size_arena(self, sizing: Image | None) -> Step:
        planner = self.planner
        argv = ["mcuforge.workers.size_arena", *self.common_argv(), "--output", str(self.arena_json)]
        inputs = [
            planner.model,
            *planner.modules("runtimes/tflm", "emulate", "workers/size_arena.py"),
        ]
        if sizing is not None:
            argv += ["--elf", str(sizing.outputs[0]), "--machine", planner.machine]
            inputs.append(sizing.outputs[0])
        values = {}
        if self.is_embedded and self.project.arena_bytes is not None:
            values["given"] = str(self.project.arena_bytes)
            argv += ["--given", values["given"]]
        return Step(
            name="arena",
            argv=tuple(argv),
            inputs=tuple(inputs),
            outputs=(self.arena_json,),
            values={"kernels": self.project.kernels, **values},
            description="ARENA",
        )

    def api(self) -> Step:
        planner, project = self.planner, self.project
        names = (*api_file_names(planner.name, golden=project.app is None), "tflm.lock.json", "plan.json")
        golden = (project.golden.file,) if project.golden.file else ()
        values = {
            **self.values(),
            "golden": json.dumps([str(project.golden.file), project.golden.count, project.golden.seed]),
            "arena": str(project.arena_bytes),
        }
        return Step(
            name="generate",
            argv=(
                *("mcuforge.workers.tflm_api", *self.common_argv(), "--arena", str(self.arena_json)),
                *(f"--origin={origin.to_word()}" for origin in self.model.sources.origins),
                *("--output", str(planner.generated)),
            ),
            inputs=(
                *(self.arena_json, planner.model, *map(shown, golden), *planner.model_steps.labels()),
                *planner.modules(*_PARTS, "emulate/vectors.py", "workers/tflm_api.py"),
            ),
            outputs=tuple(planner.generated / name for name in names),
            values=values,
            description="GENERATE",
        )


def _check_shares(project: Project, other: Project) -> None:
    """Raises UserError for models that want the same kernels from different libraries."""
    if VENDOR_FOLDERS.get(project.kernels) != VENDOR_FOLDERS.get(other.kernels):
        raise UserError(
            f"models of one image need the same kernels: {project.name} has {project.kernels}, "
            f"{other.name} has {other.kernels}",
            location=project.positions.at("kernels"),
            hint=f"write `kernels: {other.kernels}` here, or `kernels: {project.kernels}` there",
        )


def _stem(file: str) -> str:
    return str(PurePosixPath(file).with_suffix(""))
