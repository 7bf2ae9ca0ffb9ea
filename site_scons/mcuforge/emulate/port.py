"""Which files of runtime/platform make a twin run on a machine: its files, exit, clock and stack."""

from __future__ import annotations

from pathlib import Path

from mcuforge.manifest.compatibility import is_riscv
from mcuforge.manifest.types import Board
from mcuforge.resources import runtime_dir
from mcuforge.toolchain.memory_map import has_memory_map


def port_name(board: Board) -> str:
    """`cortex_m`, `riscv` or, for this computer, `host`: what files of runtime/platform are called by."""
    if not has_memory_map(board):
        return "host"
    return "riscv" if is_riscv(board.cpu) else "cortex_m"


def port_sources(board: Board) -> tuple[Path, ...]:
    """The C files that runtime/platform/replay/port.h asks for, on an emulated machine or on this computer."""
    platform = runtime_dir() / "platform"
    port = port_name(board)
    folders = (platform / "host",) if port == "host" else (platform / "qemu", platform / "qemu" / port)
    return tuple(path for folder in folders for path in sorted(folder.glob("*.c")))
