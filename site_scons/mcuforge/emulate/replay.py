"""The files a twin reads and writes: the Python side of runtime/platform/replay/replay.c, which describes them."""

from __future__ import annotations

import enum
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from mcuforge.emulate.clock import Calibration, Time
from mcuforge.errors import InternalError

REQUEST_MAGIC = 0x3151464D
RESULT_MAGIC = 0x3152464D


class Mode(enum.IntFlag):
    """WHOLE calls invoke; LAYERS calls the layers one by one; TIME measures each call; DUMP writes layers' outputs."""

    WHOLE = 0
    LAYERS = 1
    TIME = 2
    DUMP = 4


class ExitCode(enum.IntEnum):
    """How a twin ends; runtime/platform/replay/port.h holds the same table."""

    OK = 0
    REQUEST = 16
    RESULT = 17
    FAULT = 18
    STACK = 19


@dataclass(frozen=True)
class LayerRun:
    """What one layer did: `outputs` pairs tensor indices with their bytes (only with DUMP)."""

    index: int
    time: Time | None
    outputs: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True)
class VectorRun:
    """What one inference did. `status` is invoke's, 0 when it succeeded."""

    status: int
    outputs: bytes
    time: Time | None
    layers: tuple[LayerRun, ...]


@dataclass(frozen=True)
class Replay:
    """A result file. High waters are in bytes; the stack's is measured in mode WHOLE only, without TIME."""

    calibration: Calibration
    vectors: tuple[VectorRun, ...]
    stack_high_water: int
    arena_high_water: int


def encode_request(mode: Mode, vectors: Sequence[bytes]) -> bytes:
    """All vectors have the same size."""
    size = len(vectors[0])
    return struct.pack("<4I", REQUEST_MAGIC, mode, len(vectors), size) + b"".join(vectors)


def decode_result(data: bytes) -> Replay:
    """Raises InternalError when the file is not one that a twin wrote to its end."""
    reader = _Reader(data)
    magic, mode, n_vectors, output_bytes, n_layers = reader.words(5)
    if magic != RESULT_MAGIC:
        raise InternalError("the twin's result does not begin as one")
    calibration = reader.calibration()
    vectors = tuple(reader.vector(Mode(mode), output_bytes, n_layers) for _ in range(n_vectors))
    magic, stack, arena = reader.words(3)
    if magic != RESULT_MAGIC or not reader.at_end:
        raise InternalError("the twin's result does not end as one")
    return Replay(calibration, vectors, stack, arena)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def at_end(self) -> bool:
        return self._position == len(self._data)

    def take(self, count: int) -> bytes:
        end = self._position + count
        if end > len(self._data):
            raise InternalError("the twin's result is cut off")
        chunk = self._data[self._position : end]
        self._position = end
        return chunk

    def words(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}I", self.take(4 * count))

    def time(self) -> Time:
        ticks, interrupts = struct.unpack("<QI", self.take(12))
        return Time(ticks, interrupts)

    def calibration(self) -> Calibration:
        loop_instructions, interrupt_instructions = self.words(2)
        return Calibration(loop_instructions, interrupt_instructions, self.time(), self.time(), self.time())

    def vector(self, mode: Mode, output_bytes: int, n_layers: int) -> VectorRun:
        status = 0
        time: Time | None = None
        layers: tuple[LayerRun, ...] = ()
        if mode & Mode.LAYERS:
            layers = tuple(self.layer(mode) for _ in range(n_layers))
        else:
            (status,) = struct.unpack("<i", self.take(4))
            time = self.time() if mode & Mode.TIME else None
        return VectorRun(status, self.take(output_bytes), time, layers)

    def layer(self, mode: Mode) -> LayerRun:
        (index,) = self.words(1)
        time = self.time() if mode & Mode.TIME else None
        outputs: list[tuple[int, bytes]] = []
        if mode & Mode.DUMP:
            (count,) = self.words(1)
            for _ in range(count):
                tensor, size = self.words(2)
                outputs.append((tensor, self.take(size)))
        return LayerRun(index, time, tuple(outputs))
