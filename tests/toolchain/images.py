"""Small real programs, compiled and linked with the flags, start-up code and linker scripts under test."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from mcuforge.manifest.types import Board
from mcuforge.toolchain.flags import STRICT_WARNINGS, compile_flags, link_flags
from mcuforge.toolchain.linker_script import linker_script, measure_script
from mcuforge.toolchain.startup import STARTUP_FILE, startup
from tests.support.tools import require

PROGRAM = Path(__file__).parent / "program"
DEMO_SOURCES = tuple(PROGRAM / f"{name}.c" for name in ("demo", "demo_kernels", "demo_weights", "main"))
STACK_BYTES = 2000
GCC = "arm-none-eabi-gcc"


def compile_objects(board: Board, folder: Path, sources: Iterable[Path], defines: Sequence[str] = ()) -> list[Path]:
    """Objects of the sources and of the board's start-up code."""
    require(board.toolchain)
    generated = folder / STARTUP_FILE
    generated.write_text(startup(board))
    flags = (*compile_flags(board.cpu, [(PROGRAM, "."), (folder, "build")]), *STRICT_WARNINGS)
    objects = []
    for source in (*sources, generated):
        objects.append(folder / f"{source.stem}.o")
        command = [
            board.toolchain,
            *flags,
            *(f"-D{item}" for item in defines),
            f"-I{PROGRAM}",
            "-c",
            source,
            "-o",
            objects[-1],
        ]
        subprocess.run(command, check=True)
    return objects


def write_scripts(board: Board, folder: Path, name: str = "demo", stack_bytes: int = STACK_BYTES) -> tuple[Path, Path]:
    """The image's linker script and the one for measuring what is too big."""
    script, measuring = folder / "demo.ld", folder / "demo.measure.ld"
    script.write_text(linker_script(board, name, stack_bytes))
    measuring.write_text(measure_script(board, name, stack_bytes))
    return script, measuring


def link(board: Board, objects: Sequence[Path], script: Path, elf: Path) -> dict[str, int]:
    """Links without the worker; {region: bytes used} as the linker says itself."""
    reports = ("-Wl,--print-memory-usage", f"-Wl,-Map={elf.with_suffix('.map')}")
    command = [board.toolchain, *link_flags(board.cpu), "-T", script, *reports, *objects, "-lm", "-o", elf]
    done = subprocess.run(command, check=True, text=True, capture_output=True)
    assert done.stderr == ""
    return memory_usage(done.stdout)


def memory_usage(text: str) -> dict[str, int]:
    """{region: used bytes} of GNU ld's --print-memory-usage."""
    rows = re.findall(r"^ *(\w+): +(\d+) (B|KB|MB|GB) ", text, flags=re.MULTILINE)
    return {name: int(count) << {"B": 0, "KB": 10, "MB": 20, "GB": 30}[unit] for name, count, unit in rows}
