"""Target → BuildPlan: every step, source and flag of a firmware, and nothing about who runs them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import mcuforge
from mcuforge.backends.buildplan import BuildPlan, Image, Source, Step, Wishes, shown
from mcuforge.backends.export_steps import export_steps, only_exports
from mcuforge.backends.matrix_steps import forecast_steps
from mcuforge.backends.model_steps import ModelSteps
from mcuforge.backends.runtime_parts import Prefixes, RuntimeParts
from mcuforge.backends.verdict_steps import VerdictSteps
from mcuforge.emulate.port import port_name, port_sources
from mcuforge.errors import display_path
from mcuforge.manifest.types import Board, Target
from mcuforge.resources import data_root, runtime_dir
from mcuforge.runtimes.aot.files import model_file_names
from mcuforge.toolchain.compiler import Toolchain, find_toolchain, require_support
from mcuforge.toolchain.flags import CXX_LANGUAGE, LANGUAGE, STRICT_WARNINGS, compile_flags, link_flags
from mcuforge.toolchain.memory_map import has_memory_map
from mcuforge.toolchain.startup import STARTUP_FILE

_PACKAGE = Path(mcuforge.__file__).parent
_COMMON = ("errors.py", "units.py", "resources.py", "manifest", "schema", "workers/runner.py")


def plan_firmware(target: Target, build_dir: Path, wishes: Wishes, model_dir: Path | None = None) -> BuildPlan:
    """`model_dir` is where the converted model goes, the same for all boards; absent: inside `build_dir`.

    Raises UserError when the board's compiler is missing or too old. Reads neither the model nor the app.
    """
    return Planner(target, build_dir, wishes, model_dir).plan()


class Planner:
    """Names the files of one build folder. Steps refer to them through this, never by joining paths themselves."""

    def __init__(self, target: Target, build_dir: Path, wishes: Wishes, model_dir: Path | None = None) -> None:
        self.target = target
        self.wishes = wishes
        self.project, self.board = target.project, target.board
        self.name = self.project.name
        self.build_dir = shown(build_dir)
        self.generated = self.build_dir / "gen"
        self.plan_json = self.generated / "plan.json"
        self.size_json = self.build_dir / "size.json"
        self.size_tree = self.build_dir / "size.tree.json"
        self.emulate_json = self.build_dir / "emulate.json"
        self.audit_json = self.build_dir / "audit.json"
        self.verdict = self.build_dir / "budget.ok"
        self.elf = self.build_dir / f"{self.name}.elf"
        self.map = self.build_dir / f"{self.name}.map"
        self.hex = self.build_dir / f"{self.name}.hex"
        self.bin = self.build_dir / f"{self.name}.bin"
        self.model_steps = ModelSteps(self, shown(model_dir or build_dir / "model"))
        self.verdict_steps = VerdictSteps(self)

    @functools.cached_property
    def toolchain(self) -> Toolchain:
        """The board's own compiler, which a host project may do without. Raises UserError as `plan_firmware` does."""
        toolchain = find_toolchain(self.board.toolchain, location=self.board.positions.at("toolchain"))
        require_support(toolchain, self.board.cpu, self.board.positions.at("cpu", "core"))
        return toolchain

    def plan(self) -> BuildPlan:
        parts = self.parts()
        firmware = self.image(self.name, self.build_dir, self.board, self.app_sources())
        twin = self.twin()
        steps = {
            "prepare": (*parts.prepare, *self.platforms()),
            "verdict": (*self.model_steps.judge(), *self.verdict_steps.verdict()),
            "size": (self.verdict_steps.show_size(),),
            "report": (self.verdict_steps.report(), self.verdict_steps.judge()),
            "lock": self.model_steps.lock(),
            **export_steps(self, parts.prepare),
            **forecast_steps(self, (*parts.model_sources, *parts.library_sources, *firmware.sources)),
        }
        if self.board.flash is not None:
            steps["flash"] = (self.verdict_steps.write_flash(),)
        if self.project.accuracy is not None:
            steps["accuracy"] = self.model_steps.show()
        if self.wishes.updates_operators:
            steps["verdict"] = self.model_steps.update_operators()
        if twin is not None:
            steps["emulate"] = (self.emulate(twin),)
        return BuildPlan(
            target=self.target,
            toolchain=self.toolchain,
            build_dir=self.build_dir,
            steps=steps,
            model_sources=parts.model_sources,
            firmware=firmware,
            twin=twin,
            include_dirs=(*self.include_dirs(), *map(shown, parts.include_dirs)),
            defines=parts.defines,
            flags=self.flags(parts.prefixes),
            cxx_flags=self.cxx_flags(parts),
            library_sources=parts.library_sources,
            probes=parts.probes,
        )

    def parts(self) -> RuntimeParts:
        if self.target.runtime == "aot":
            return self.aot_parts()
        if only_exports(self.wishes.goals):
            return RuntimeParts(self.model_steps.prepare(), ())  # nothing is compiled: no source tree is looked for
        return self.tflm_parts()

    def aot_parts(self) -> RuntimeParts:
        names = (name for name in model_file_names(self.name) if name.endswith(".c"))
        sources = tuple(self.own(self.generated / name) for name in names)
        return RuntimeParts((*self.model_steps.prepare(), self.generate()), sources)

    def tflm_parts(self, *, is_embedded: bool = False, image: Sequence[Planner] = ()) -> RuntimeParts:
        # Imported here: it reads models, and a plan for the other runtime is made without.
        from mcuforge.backends.tflm import tflm_parts

        return tflm_parts(self, is_embedded, image)

    # -- compiling ------------------------------------------------------------------------------------------------

    def include_dirs(self) -> tuple[Path, ...]:
        runtime = shown(runtime_dir())
        app = self.project.app.include_dirs if self.project.app else ()
        return (self.generated, runtime / "include", runtime, runtime / "platform", *map(shown, app))

    def flags(self, libraries: Prefixes = (), language: Sequence[str] = LANGUAGE) -> tuple[str, ...]:
        """GCC takes the last prefix that matches: the most particular folder comes last."""
        prefixes = (
            (Path.cwd(), "."),
            (data_root(), "mcuforge"),
            *libraries,
            (self.project.directory.resolve(), self.name),
            (self.build_dir.resolve(), "build"),
        )
        return compile_flags(self.board.cpu, prefixes, self.board.positions.at("cpu", "core"), language)

    def cxx_flags(self, parts: RuntimeParts) -> tuple[str, ...]:
        """Headers of others may warn of what they like: a folder named twice counts as a system's."""
        system = tuple(f"-isystem{shown(folder)}" for folder in parts.include_dirs)
        return (*self.flags(parts.prefixes, CXX_LANGUAGE), *system)

    def own(self, path: Path) -> Source:
        """C of our making, held to stricter warnings than an application's."""
        return Source(shown(path), flags=STRICT_WARNINGS)

    def app_sources(self) -> tuple[Source, ...]:
        if self.project.app is not None:
            return tuple(Source(shown(path)) for path in self.project.app.sources)
        port = port_name(self.board)
        folder = runtime_dir() / "platform" / "app"
        return (
            self.own(self.generated / f"{self.name}_golden.c"),
            self.own(folder / "app.c"),
            self.own(folder / f"put_{port}.c"),
        )

    def twin(self) -> Image | None:
        board = self.target.twin
        if board is None:
            return None
        platform = runtime_dir() / "platform"
        sources = (
            self.own(self.generated / f"{self.name}_trace.c"),
            *(self.own(path) for path in sorted((platform / "replay").glob("*.c"))),
            *map(self.own, port_sources(board)),
        )
        return self.image("twin", self.build_dir / "twin", board, sources)

    def image(
        self, name: str, folder: Path, board: Board, sources: tuple[Source, ...], platform: Path | None = None
    ) -> Image:
        """`platform` is the folder of linker scripts and start-up code that another image has already."""
        platform = platform or folder / "platform"
        elf, map_file = folder / f"{name}.elf", folder / f"{name}.map"
        argv = [*("mcuforge.workers.link", "--gcc", str(self.toolchain.gcc)), *self.who(board)]
        argv += ["--output", str(elf), "--map", str(map_file), "--plan", str(self.plan_json)]
        scripts: tuple[Path, ...] = ()
        if has_memory_map(board):
            scripts = (platform / f"{self.name}.ld", platform / f"{self.name}.measure.ld")
            argv += ["--script", str(scripts[0]), "--measure-script", str(scripts[1])]
            argv += ["--judged"] if elf == self.elf else []
            sources = (self.own(platform / STARTUP_FILE), *sources)
        argv += [*(f"--flag={flag}" for flag in link_flags(board.cpu)), "--"]
        # Not the report's modules, which the link worker needs to explain a failure: they do not change what is linked.
        inputs = (*scripts, *self.modules("workers/link.py"))
        return Image(name, folder, sources, scripts, tuple(argv), inputs, (elf, map_file))

    # -- steps ----------------------------------------------------------------------------------------------------

    def who(self, board: Board | None = None) -> tuple[str, ...]:
        board = board or self.board
        return ("--project", display_path(self.project.path), "--board", display_path(board.path))

    def board_files(self, board: Board | None = None) -> tuple[Path, ...]:
        """The board's own file and those it extends."""
        return tuple(map(shown, (board or self.board).files))

    def manifests(self) -> tuple[Path, ...]:
        """What a step reads that takes budgets and memories from them."""
        return (shown(self.project.path), *self.board_files())

    def generate(self) -> Step:
        """The manifest is no input: only the values that matter are, so that a new budget generates nothing anew."""
        project = self.project
        outputs = [*model_file_names(self.name), f"{self.name}_trace.c", "plan.json"]
        if project.app is None:
            outputs.insert(-1, f"{self.name}_golden.c")
        values = {
            "name": project.name,
            "labels": json.dumps(project.labels),
            "operators": json.dumps(project.operators),
            "golden": json.dumps([str(project.golden.file), project.golden.count, project.golden.seed]),
            "arena": str(project.arena_bytes),
            "sha256": str(project.model.sha256),
            "cpu": json.dumps(asdict(self.board.cpu)),
            "kernels": project.kernels,
        }
        golden = (project.golden.file,) if project.golden.file else ()
        parts = ("model", "transform", "plan", "runtimes", "emulate/vectors.py", "workers/generate.py")
        return Step(
            name="generate",
            argv=(
                *("mcuforge.workers.generate", *self.who(), "--runtime", self.target.runtime),
                *("--model", str(self.model), "--output", str(self.generated)),
            ),
            inputs=(self.model, *map(shown, golden), *self.model_steps.labels(), *self.modules(*parts)),
            outputs=tuple(self.generated / name for name in outputs),
            values=values,
            description="GENERATE",
        )

    def platforms(self) -> tuple[Step, ...]:
        boards = [(self.board, self.build_dir)]
        if self.target.twin is not None:
            boards.append((self.target.twin, self.build_dir / "twin"))
        return tuple(self.platform(board, folder) for board, folder in boards if has_memory_map(board))

    def platform(self, board: Board, folder: Path) -> Step:
        output = folder / "platform"
        names = (f"{self.name}.ld", f"{self.name}.measure.ld", STARTUP_FILE)
        stack = str(self.target.stack_bytes)
        return Step(
            name="platform",
            argv=(
                *("mcuforge.workers.platform", "--board", display_path(board.path), "--name", self.name),
                *("--stack", stack, "--output", str(output)),
            ),
            inputs=(*self.board_files(board), *self.modules("toolchain", "workers/platform.py")),
            outputs=tuple(output / name for name in names),
            description="PLATFORM",
        )

    @property
    def machine(self) -> str:
        """What the emulator calls the twin's machine."""
        emulator = self.board.emulator
        return "native" if emulator is None or emulator.kind == "native" else emulator.machine

    def emulate(self, twin: Image) -> Step:
        golden = (self.project.golden.file,) if self.project.golden.file else ()
        return Step(
            name="emulate",
            argv=(
                *("mcuforge.workers.emulate", "--elf", str(twin.outputs[0]), "--machine", self.machine),
                *("--model", str(self.model), "--project", display_path(self.project.path)),
                *("--plan", str(self.plan_json), "--output", str(self.emulate_json)),
            ),
            inputs=(
                *(twin.outputs[0], self.plan_json, self.model),
                *(*map(shown, golden), *self.modules("emulate", "model", "workers/emulate.py")),
            ),
            outputs=(self.emulate_json,),
            values={"golden": json.dumps([self.project.golden.count, self.project.golden.seed])},
            description="EMULATE",
        )

    @property
    def model(self) -> Path:
        """The .tflite file: the manifest's own, or the one that is made of the trained model."""
        return self.model_steps.model

    def modules(self, *parts: str) -> tuple[Path, ...]:
        """The files of our own that a step runs: a change of the generator is a change of what it made."""
        return tuple(shown(path) for part in (*_COMMON, *parts) for path in _files(_PACKAGE / part))


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return (path,)
    return (file for file in sorted(path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)
