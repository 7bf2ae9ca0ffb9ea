"""Runs calls of kernels on an emulated core: all of them in one image, one request, one start of the emulator."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mcuforge.emulate.qemu import Twin
from mcuforge.manifest.find import find_board
from mcuforge.manifest.load import load_board
from mcuforge.model.kernel_call import KernelCall
from mcuforge.resources import runtime_dir
from mcuforge.toolchain.flags import compile_flags, link_flags
from mcuforge.toolchain.linker_script import linker_script
from mcuforge.toolchain.startup import STARTUP_FILE, startup
from tests.support.kernel_harness import CallMemory, param_values, shim_function, shim_includes
from tests.support.tools import require

RUNNER = Path(__file__).with_suffix(".c")
STACK_BYTES = 4096
TIMEOUT_S = 120.0
ALIGNMENT = 16
NO_ARGUMENT = 0xFFFFFFFF
CALL_WORDS = 6


@dataclass(frozen=True)
class CoreCall:
    """A call, and the memory that its arguments lie in."""

    call: KernelCall
    memory: CallMemory


def run_on_core(machine: str, calls: Sequence[CoreCall], folder: Path, flags: Sequence[str] = ()) -> list[list[bytes]]:
    """The buffers of each call's memory after it, computed by QEMU's `machine`, which has a board file.

    `flags` are for the compiler, after those that a build would give it.
    """
    shims = [shim_function(item.call, "SHIM") for item in calls]
    kinds = list(dict.fromkeys(shims))
    first = [calls[shims.index(kind)].call for kind in kinds]
    elf = _build(machine, first, folder, flags)
    block = _Block(calls, [kinds.index(shim) for shim in shims])
    code, after = Twin(elf, machine, folder, TIMEOUT_S).execute(bytes(block.content))
    assert code == 0, f"the runner ended with {code}"
    return [[after[at : at + size] for at, size in places] for places in block.buffers]


def _build(machine: str, calls: Sequence[KernelCall], folder: Path, more: Sequence[str]) -> Path:
    """An image with one shim for each call."""
    board = load_board(find_board(machine))
    require(board.toolchain)
    names = [f"shim_{at}" for at in range(len(calls))]
    shims = [shim_function(call, name) for name, call in zip(names, calls, strict=True)]
    table = "void (*const mcuf_test_shims[])(const int32_t *, const float *, void *const *, void *const *)"
    text = "\n".join([shim_includes(calls), *shims, f"extern {table};", f"{table} = {{{', '.join(names)}}};", ""])
    (folder / "shims.c").write_text(text)
    (folder / STARTUP_FILE).write_text(startup(board))
    (folder / "image.ld").write_text(linker_script(board, "kernels", STACK_BYTES))
    platform = runtime_dir() / "platform"
    sources = [folder / "shims.c", folder / STARTUP_FILE, RUNNER, platform / "qemu" / "semihosting.c"]
    elf = folder / "kernels.elf"
    flags = dict.fromkeys((*compile_flags(board.cpu), *link_flags(board.cpu)))  # some are told to both
    folders = (f"-I{runtime_dir() / 'include'}", f"-I{platform}", "-T", str(folder / "image.ld"))
    subprocess.run([board.toolchain, *flags, *more, *folders, *map(str, sources), "-lm", "-o", str(elf)], check=True)
    return elf


class _Block:
    """The request, and where each call's buffers lie in it: (offset, size)."""

    def __init__(self, calls: Sequence[CoreCall], kinds: Sequence[int]) -> None:
        self.content = bytearray(4 * (1 + CALL_WORDS * len(calls)))
        self.buffers: list[list[tuple[int, int]]] = []
        struct.pack_into("=I", self.content, 0, len(calls))
        for at, (item, kind) in enumerate(zip(calls, kinds, strict=True)):
            words = self._call(item, kind)
            struct.pack_into(f"={CALL_WORDS}I", self.content, 4 * (1 + CALL_WORDS * at), *words)

    def _call(self, item: CoreCall, kind: int) -> tuple[int, ...]:
        integers, floats, arrays = param_values(item.call)
        assert not floats, "kernels with floats are not run on cores yet"
        buffers = [(self._put(buffer), len(buffer)) for buffer in item.memory.buffers]
        self.buffers.append(buffers)
        arguments = [buffers[place.buffer][0] + place.offset if place else NO_ARGUMENT for place in item.memory.places]
        return (
            kind,
            self._put(struct.pack(f"={len(integers)}i", *integers)),
            self._put(self._words([self._put(array) for array in arrays])),
            len(arrays),
            self._put(self._words(arguments)),
            len(arguments),
        )

    def _put(self, data: bytes) -> int:
        """Appends data on an aligned offset."""
        self.content += bytes(-len(self.content) % ALIGNMENT)
        self.content += data
        return len(self.content) - len(data)

    @staticmethod
    def _words(values: Sequence[int]) -> bytes:
        return struct.pack(f"={len(values)}I", *values)
