"""Target → BuildPlan: every step, source and flag of a firmware, and nothing about who runs them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import mcuforge
from mcuforge.backends.baseline_steps import BaselineSteps
from mcuforge.backends.buildplan import BuildPlan, Image, Source, Step, Wishes
from mcuforge.backends.export_steps import export_steps
from mcuforge.backends.matrix_steps import forecast_steps
from mcuforge.backends.model_steps import ModelSteps
from mcuforge.backends.runtime_parts import Prefixes, RuntimeParts
from mcuforge.errors import display_path
from mcuforge.manifest.types import Board, Target
from mcuforge.report.formats import report_formats
from mcuforge.resources import data_root, runtime_dir
from mcuforge.runtimes.aot.generate import model_file_names
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
        self.build_dir = Path(display_path(build_dir))
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
        self.baseline_steps = BaselineSteps(self)
        self.model_steps = ModelSteps(self, Path(display_path(model_dir or build_dir / "model")))

    @functools.cached_property
    def toolchain(self) -> Toolchain:
        """The board's own compiler, which a host project may do without. Raises UserError as `plan_firmware` does."""
        toolchain = find_toolchain(self.board.toolchain, location=self.board.positions.at("toolchain"))
        require_support(toolchain, self.board.cpu, self.board.positions.at("cpu", "core"))
        return toolchain

    def plan(self) -> BuildPlan:
        parts = self.tflm_parts() if self.target.runtime == "tflm" else self.aot_parts()
        firmware = self.image(self.name, self.build_dir, self.board, self.app_sources())
        twin = self.twin()
        steps = {
            "prepare": (*parts.prepare, *self.platforms()),
            "verdict": (*self.model_steps.judge(), self.measure(), self.audit(), *self.verdicts(), *self.images()),
            "size": (self.show_size(),),
            "report": (self.report(), self.judge()),
            "lock": self.model_steps.lock(),
            **export_steps(self, parts.prepare),
            **forecast_steps(self, (*parts.model_sources, *parts.library_sources, *firmware.sources)),
        }
        if self.board.flash is not None:
            steps["flash"] = (self.write_flash(),)
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
            include_dirs=(*self.include_dirs(), *map(_shown, parts.include_dirs)),
            defines=parts.defines,
            flags=self.flags(parts.prefixes),
            cxx_flags=self.cxx_flags(parts),
            library_sources=parts.library_sources,
            probes=parts.probes,
        )

    def aot_parts(self) -> RuntimeParts:
        names = (name for name in model_file_names(self.name) if name.endswith(".c"))
        sources = tuple(self.own(self.generated / name) for name in names)
        return RuntimeParts((*self.model_steps.prepare(), self.generate()), sources)

    def tflm_parts(self) -> RuntimeParts:
        # Imported here: it reads models, and a plan for the other runtime is made without.
        from mcuforge.backends.tflm import tflm_parts

        return tflm_parts(self)

    # -- compiling ------------------------------------------------------------------------------------------------

    def include_dirs(self) -> tuple[Path, ...]:
        runtime = _shown(runtime_dir())
        app = self.project.app.include_dirs if self.project.app else ()
        return (self.generated, runtime / "include", runtime, runtime / "platform", *map(_shown, app))

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
        system = tuple(f"-isystem{_shown(folder)}" for folder in parts.include_dirs)
        return (*self.flags(parts.prefixes, CXX_LANGUAGE), *system)

    def own(self, path: Path) -> Source:
        """C of our making, held to stricter warnings than an application's."""
        return Source(_shown(path), flags=STRICT_WARNINGS)

    def app_sources(self) -> tuple[Source, ...]:
        if self.project.app is not None:
            return tuple(Source(_shown(path)) for path in self.project.app.sources)
        port = "host" if not has_memory_map(self.board) else "cortex_m"
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
        port = "host" if not has_memory_map(board) else "qemu"
        sources = (
            self.own(self.generated / f"{self.name}_trace.c"),
            *(self.own(path) for path in sorted((platform / "replay").glob("*.c"))),
            *(self.own(path) for path in sorted((platform / port).glob("*.c"))),
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
            sources = (self.own(platform / STARTUP_FILE), *sources)
        argv += [*(f"--flag={flag}" for flag in link_flags(board.cpu)), "--"]
        # Not the report's modules, which the link worker needs to explain a failure: they do not change what is linked.
        inputs = (*scripts, *self.modules("workers/link.py"))
        return Image(name, folder, sources, scripts, tuple(argv), inputs, (elf, map_file))

    # -- steps ----------------------------------------------------------------------------------------------------

    def who(self, board: Board | None = None) -> tuple[str, ...]:
        board = board or self.board
        return ("--project", display_path(self.project.path), "--board", display_path(board.path))

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
        }
        golden = (project.golden.file,) if project.golden.file else ()
        parts = ("model", "transform", "plan", "runtimes", "emulate/vectors.py", "workers/generate.py")
        return Step(
            name="generate",
            argv=(
                *("mcuforge.workers.generate", *self.who(), "--runtime", self.target.runtime),
                *("--model", str(self.model), "--output", str(self.generated)),
            ),
            inputs=(self.model, *map(_shown, golden), *self.modules(*parts)),
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
            inputs=(*map(_shown, board.files), *self.modules("toolchain", "workers/platform.py")),
            outputs=tuple(output / name for name in names),
            description="PLATFORM",
        )

    def measure(self) -> Step:
        return Step(
            name="measure",
            argv=(
                *("mcuforge.workers.measure", *self.who(), "--runtime", self.target.runtime),
                *("--elf", str(self.elf), "--map", str(self.map), "--plan", str(self.plan_json)),
                *("--toolchain", self.toolchain.text, "--output", str(self.size_json), "--tree", str(self.size_tree)),
                # An interpreter calls its kernels through pointers: its stack has no bound that code alone could tell.
                *(("--objdump", str(self.toolchain.objdump)) if self.target.runtime == "aot" else ()),
            ),
            inputs=(
                *(self.elf, self.map, self.plan_json, _shown(self.project.path), *map(_shown, self.board.files)),
                *self.modules("report", "toolchain", "workers/measure.py"),
            ),
            outputs=(self.size_json, self.size_tree),
            description="SIZE",
        )

    def audit(self) -> Step:
        return Step(
            name="audit",
            argv=(
                *("mcuforge.workers.audit", "--board", display_path(self.board.path), "--elf", str(self.elf)),
                *("--map", str(self.map), "--plan", str(self.plan_json), "--output", str(self.audit_json)),
                *(f"--audit={name}" for name in self.target.audits),
            ),
            inputs=(
                *(self.elf, self.map, self.plan_json, *map(_shown, self.board.files)),
                *self.modules("report", "workers/audit.py"),
            ),
            outputs=(self.audit_json,),
            values={"audits": json.dumps(self.target.audits)},
            description="AUDIT",
        )

    def budget_argv(self) -> tuple[str, ...]:
        return (
            *("mcuforge.workers.budget", *self.who(), "--size", str(self.size_json), "--plan", str(self.plan_json)),
            *("--audit", str(self.audit_json), "--image", str(self.hex), "--image", str(self.bin)),
            *self.baseline_steps.argv(),
        )

    def verdicts(self) -> tuple[Step, ...]:
        return (*self.baseline_steps.steps(), self.check())

    def check(self) -> Step:
        return Step(
            name="budget",
            argv=(*self.budget_argv(), "--output", str(self.verdict)),
            inputs=(
                *(self.size_json, self.audit_json, self.plan_json),
                *(_shown(self.project.path), *map(_shown, self.board.files), *self.baseline_steps.inputs()),
                *self.model_steps.conditions(),
                *self.modules("report", "workers/budget.py"),
            ),
            outputs=(self.verdict,),
            description="BUDGET",
        )

    def images(self) -> tuple[Step, ...]:
        if not has_memory_map(self.board):
            return ()
        argv = ("mcuforge.workers.objcopy", "--objcopy", str(self.toolchain.objcopy), "--elf", str(self.elf))
        return (
            Step(
                name="objcopy",
                argv=(*argv, "--hex", str(self.hex), "--bin", str(self.bin)),
                inputs=(self.verdict, self.elf, *self.modules("workers/objcopy.py")),
                outputs=(self.hex, self.bin),
                description="IMAGE",
            ),
        )

    def show_size(self) -> Step:
        return Step(
            name="show_size",
            argv=(
                *("mcuforge.workers.show_size", "--size", str(self.size_tree), "--format", self.wishes.size_format),
                *(() if self.wishes.size_depth is None else ("--depth", str(self.wishes.size_depth))),
            ),
            inputs=(self.size_tree,),
            outputs=(),
            description="SIZE",
        )

    def report(self) -> Step:
        """Not after the verdict, which stops a build. An emulation that was once asked for is kept up to date."""
        emulation = "emulate" in self.wishes.goals or self.emulate_json.exists()
        accuracy = () if self.project.accuracy is None else (self.model_steps.accuracy_json,)
        found = (*((self.emulate_json,) if emulation else ()), *accuracy)
        # Without the prefix maps: those hold paths of this computer and change no instruction.
        compiling = compile_flags(self.board.cpu, (), self.board.positions.at("cpu", "core"))
        return Step(
            name="report",
            argv=(
                *("mcuforge.workers.report", *self.who(), "--size", str(self.size_tree), "--plan", str(self.plan_json)),
                *("--model", str(self.model), "--elf", str(self.elf), "--output", str(self.build_dir)),
                *("--emulation", str(self.emulate_json)),
                *(word for path in accuracy for word in ("--accuracy", str(path))),
                *(f"--compile-flag={flag}" for flag in compiling),
                *(f"--link-flag={flag}" for flag in link_flags(self.board.cpu)),
            ),
            inputs=(
                *(self.size_tree, self.plan_json, self.elf, *found, self.model),
                *(_shown(self.project.path), *map(_shown, self.board.files)),
                *self.modules("report", "workers/report.py"),
            ),
            outputs=tuple(self.build_dir / name for name in report_formats()),
            values={"emulation": str(emulation), "accuracy": str(bool(accuracy))},
            description="REPORT",
            is_precious=True,
        )

    def judge(self) -> Step:
        """Fails a reported build that breaks a limit, once the report is written."""
        return Step(
            name="judge",
            argv=(*self.budget_argv(), "--image", str(self.verdict)),
            inputs=(self.size_json, self.audit_json, *self.baseline_steps.inputs(), *self.report().outputs),
            outputs=(),
            description="BUDGET",
        )

    def write_flash(self) -> Step:
        return Step(
            name="flash",
            argv=(
                *("mcuforge.workers.flash", "--board", display_path(self.board.path)),
                *("--elf", str(self.elf), "--hex", str(self.hex), "--bin", str(self.bin)),
            ),
            inputs=(self.verdict, self.elf, self.hex, self.bin),
            outputs=(),
            description="FLASH",
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
                *(*map(_shown, golden), *self.modules("emulate", "model", "workers/emulate.py")),
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
        return tuple(_shown(path) for part in (*_COMMON, *parts) for path in _files(_PACKAGE / part))


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return (path,)
    return (file for file in sorted(path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)


def _shown(path: Path) -> Path:
    return Path(display_path(path))
