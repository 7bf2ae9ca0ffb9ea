"""The model that program/model.c computes, as a .tflite file, and twins of it linked as a build links them."""

from __future__ import annotations

import atexit
import json
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from mcuforge.emulate.port import port_sources
from mcuforge.emulate.qemu import NATIVE, Twin
from mcuforge.manifest.compatibility import is_riscv
from mcuforge.manifest.load import load_board
from mcuforge.resources import boards_dir, runtime_dir
from mcuforge.toolchain.flags import STRICT_WARNINGS, compile_flags, link_flags
from mcuforge.toolchain.linker_script import linker_script
from mcuforge.toolchain.startup import STARTUP_FILE, startup
from tests.support.tflite_builder import ModelBuilder
from tests.support.tools import require

MODEL_C = Path(__file__).parent / "program" / "model.c"
STACK_BYTES = 2048
_folders = ExitStack()
atexit.register(_folders.close)
ARENA_USED = 24
FACTS: dict[str, Any] = {
    "layers": [
        {"index": 0, "op": "RELU", "macs": 0, "kernel": "portable"},
        {"index": 1, "op": "MAX_POOL_2D", "macs": 4, "kernel": "portable"},
    ],
    "arena": {"used": 48},
}


def write_model(path: Path) -> Path:
    """RELU on [1, 1, 8, 1] with zero point -10, then MAX_POOL_2D of pairs; both exact without rounding."""
    builder = ModelBuilder()
    quantization: dict[str, Any] = {"scale": 0.5, "zero_point": -10}
    x = builder.tensor("x", (1, 1, 8, 1), "INT8", **quantization)
    middle = builder.tensor("middle", (1, 1, 8, 1), "INT8", **quantization)
    y = builder.tensor("y", (1, 1, 4, 1), "INT8", **quantization)
    builder.operator("RELU", [x], [middle])
    pool = {"padding": 1, "stride_w": 2, "stride_h": 1, "filter_width": 2, "filter_height": 1}
    builder.operator("MAX_POOL_2D", [middle], [y], pool)
    path.write_bytes(builder.build([x], [y]))
    return path


def write_project(folder: Path, golden: str = "{random: 3, seed: 7}") -> Path:
    """A folder with the model, plan.json and a manifest, as the worker is given them; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    write_model(folder / "model.tflite")
    (folder / "plan.json").write_text(json.dumps(FACTS))
    manifest = folder / "project.yaml"
    manifest.write_text(
        f"schema: 1\nname: handmade\nmodel: {{source: model.tflite}}\ngolden: {golden}\nboards: [host]\n",
        encoding="utf-8",
    )
    return manifest


def build_twin(machine: str, folder: Path, defines: Sequence[str] = ()) -> Path:
    """The handmade model linked for a board of boards/, or natively."""
    folder.mkdir(parents=True, exist_ok=True)
    platform = _platform(machine)
    model, elf = folder / "model.o", folder / "twin.elf"
    subprocess.run(
        [*platform.compile, *(f"-D{name}" for name in defines), "-c", str(MODEL_C), "-o", str(model)], check=True
    )
    subprocess.run([*platform.link, str(model), "-o", str(elf)], check=True)
    return elf


class _Platform(NamedTuple):
    """Commands that compile for a machine, and that link with everything but the model."""

    compile: tuple[str, ...]
    link: tuple[str, ...]


@cache
def _platform(machine: str) -> _Platform:
    """Compiled once for all tests, in a folder that is removed when they end."""
    folder = Path(_folders.enter_context(TemporaryDirectory(prefix="twin-platform-")))
    platform = runtime_dir() / "platform"
    board = load_board(boards_dir() / f"{'host' if machine == NATIVE else machine}.yaml")
    require(board.toolchain, *(("qemu-system-riscv32",) if is_riscv(board.cpu) else ()))
    sources = [*sorted((platform / "replay").glob("*.c")), *port_sources(board)]
    script: tuple[str, ...] = ()
    if machine != NATIVE:
        (folder / STARTUP_FILE).write_text(startup(board))
        (folder / "twin.ld").write_text(linker_script(board, "handmade", STACK_BYTES))
        sources.append(folder / STARTUP_FILE)
        script = ("-T", str(folder / "twin.ld"))
    compiling = (board.toolchain, *compile_flags(board.cpu), *STRICT_WARNINGS, f"-I{platform}")
    subprocess.run([*compiling, "-c", *map(str, sources)], check=True, cwd=folder)
    objects = map(str, sorted(folder.glob("*.o")))
    return _Platform(compiling, (board.toolchain, *link_flags(board.cpu), *script, *objects))


def twin(machine: str, folder: Path, *defines: str, timeout_s: float = 60) -> Twin:
    return Twin(build_twin(machine, folder, defines), machine, folder, timeout_s)
