"""Exports of real projects, made in this process, and their C linked into the emulator's twin.

What is made once for all tests lies in `scratch.folder`, which conftest.py sets to one of pytest's own.
"""

from __future__ import annotations

import functools
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcuforge.backends.export import Ecosystem, load_ecosystem
from mcuforge.backends.export_steps import ecosystem_names
from mcuforge.backends.packaging.archive import write_folder
from mcuforge.backends.packaging.package import Package, make_package
from mcuforge.convert.build import tflite_file
from mcuforge.emulate.oracle import Oracle
from mcuforge.emulate.port import port_sources
from mcuforge.emulate.qemu import Twin
from mcuforge.emulate.replay import Mode
from mcuforge.emulate.vectors import random_vectors
from mcuforge.manifest.load import find_board, load_board, load_project, make_target
from mcuforge.manifest.types import Board, Target
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from mcuforge.toolchain.flags import libc_flags, link_flags, machine_flags
from mcuforge.toolchain.linker_script import linker_script
from mcuforge.toolchain.startup import STARTUP_FILE, startup
from mcuforge.workers.generate import generated_files
from tests.support.kernel_harness import RUNTIME
from tests.support.scons import ROOT
from tests.support.small_kws import write_small_kws

ECOSYSTEMS = tuple(ecosystem_names())
BOARD, RISCV_BOARD = "nrf5340", "esp32-c3"
# Those of Arm's own world have no RISC-V.
RISCV_ECOSYSTEMS = tuple(name for name in ECOSYSTEMS if name not in ("cmsis-pack", "stm32cube"))
VECTORS = 6
_SMALL = ("-Os", "-ffunction-sections", "-fdata-sections")
_STACK_BYTES = 8192


class Scratch:
    """Where folders of the whole run go."""

    folder: Path

    def make(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))


scratch = Scratch()


@dataclass(frozen=True)
class Exported:
    """One project's generated files, and what exports are made of."""

    target: Target
    graph: Graph
    generated: Path
    package: Package

    def write(self, ecosystem: str, folder: Path) -> Path:
        """The export's own folder below `folder`."""
        write_folder(folder / ecosystem, load_ecosystem(ecosystem).files(self.package))
        return folder / ecosystem


def ecosystem(name: str) -> Ecosystem:
    return load_ecosystem(name)


@functools.cache
def exported(project: str, board: str = BOARD) -> Exported:
    """Of `hello`, of the small `kws`, or of a manifest's path, generated for a board."""
    target = make_target(load_project(manifest_of(project)), load_board(find_board(board)), "aot")
    graph = read_model(tflite_file(target.project))
    folder = scratch.make("generated")
    for name, text in generated_files(target, graph).items():
        (folder / name).write_text(text, encoding="utf-8")
    return Exported(target, graph, folder, make_package(target, folder, graph, 32))


@functools.cache
def manifest_of(project: str) -> Path:
    if project == "kws":
        return write_small_kws(scratch.make("project") / "kws")
    return Path(project) if "/" in project else ROOT / "projects" / project / "project.yaml"


def compile_c(gcc: str, flags: Sequence[str], sources: Iterable[Path], folder: Path) -> list[Path]:
    """Objects, named after their sources."""
    folder.mkdir(parents=True, exist_ok=True)
    objects = []
    for source in sources:
        objects.append(folder / f"{source.stem}.o")
        subprocess.run([gcc, *flags, "-c", source, "-o", objects[-1]], check=True)
    return objects


@functools.cache
def _platform(machine: str) -> tuple[Board, Path, list[Path]]:
    """The replay program for an emulated machine: its board, its folder, its objects."""
    board = load_board(find_board(machine))
    folder = scratch.make("replay")
    (folder / STARTUP_FILE).write_text(startup(board))
    (folder / "image.ld").write_text(linker_script(board, "replay", _STACK_BYTES))
    platform = RUNTIME / "platform"
    sources = [folder / STARTUP_FILE, *sorted((platform / "replay").glob("*.c")), *port_sources(board)]
    flags = (*_machine(board), "-std=c99", f"-I{platform}")
    objects = []
    for index, source in enumerate(sources):
        objects += compile_c(board.toolchain, flags, [source], folder / str(index))
    return board, folder, objects


def replay(
    export: Exported, sources: Sequence[Path], include: Path, folder: Path, *flags: str, machine: str = ""
) -> list[bytes]:
    """Outputs of the export's own C in QEMU, compiled with a stranger's flags: nothing is said of floats.

    `machine`: another than the twin of the board that the export was made for.
    """
    board, _, _ = _platform(machine or twin_name(export))
    own = (*_machine(board), "-std=gnu11", f"-I{include}", *flags)
    return replay_linked(export, compile_c(board.toolchain, own, sources, folder / "model"), include, folder, machine)


def twin_name(export: Exported) -> str:
    assert export.target.twin is not None
    return export.target.twin.name


def replay_linked(
    export: Exported, model: Sequence[Path], include: Path, folder: Path, machine: str = ""
) -> list[bytes]:
    """The same of objects or libraries that something else has built."""
    board, platform, objects = _platform(machine or twin_name(export))
    own = (*_machine(board), "-std=gnu11", f"-I{include}")
    trace = export.generated / f"{export.package.name}_trace.c"
    private = (f"-I{export.generated}", f"-I{RUNTIME / 'platform'}")
    table = compile_c(board.toolchain, (*own, *private), [trace], folder / "trace")
    elf = folder / "twin.elf"
    script = ("-T", platform / "image.ld")
    words = (*link_flags(board.cpu), *script, *objects, *table, *model, "-lm", "-o", elf)
    subprocess.run([board.toolchain, *words], check=True)
    runner = Twin(elf, board.name, folder, 120)
    return [vector.outputs for vector in runner.run(Mode.WHOLE, vectors_of(export)).vectors]


def _machine(board: Board) -> tuple[str, ...]:
    return (*machine_flags(board.cpu), *libc_flags(board.cpu), *_SMALL)


def vectors_of(export: Exported) -> list[bytes]:
    return random_vectors(export.graph, VECTORS, seed=3)


@functools.cache
def expected(project: str) -> list[bytes]:
    """What TFLM computes for `vectors_of`."""
    export = exported(project)
    oracle = Oracle(tflite_file(export.target.project), export.graph, export.generated, 120)
    return oracle.outputs(vectors_of(export))


def sources_in(folder: Path, package: Package) -> list[Path]:
    """The model's own C files, wherever the ecosystem wants them; not its example."""
    names = {*package.source_names, f"{package.name}.c"}
    return sorted(path for path in folder.rglob("*.c") if path.name in names)


def header_folder(folder: Path, package: Package) -> Path:
    (header,) = folder.rglob(package.header)
    return header.parent


def texts_of(folder: Path) -> Mapping[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}
