"""Damages a file's bytes in the ways that hurt a reader of offsets and lengths; every damage follows from its seed."""

from __future__ import annotations

import random
import struct

import numpy as np

_NASTY_WORDS = (0, 1, 2, 3, 4, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF)
_NASTY_HALVES = (0, 1, 2, 3, 4, 5, 6, 0x7F, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
_DAMAGE_COUNTS = (1, 1, 1, 1, 2, 3, 6)


def mutate(data: bytes, seed: int, spots: tuple[int, ...]) -> bytes:
    """`data` with a few damages (mostly one) at the offsets in `spots`, now and then cut short or lengthened."""
    rng = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(rng.choice(_DAMAGE_COUNTS)):
        _damage(damaged, rng.choice(spots), rng)
    if rng.random() < 0.05:
        del damaged[rng.randrange(len(damaged)) :]
    if rng.random() < 0.02:
        damaged += rng.randbytes(rng.randint(1, 64))
    return bytes(damaged)


def structure_spots(data: bytes, views: list[memoryview]) -> tuple[int, ...]:
    """The offsets outside the constants in `views` (views into `data`): damage there reaches the reader's checks."""
    is_structure = bytearray(b"\1") * len(data)
    base = _address(data)
    for view in views:
        start = _address(view) - base
        is_structure[start : start + len(view)] = bytes(len(view))
    return tuple(offset for offset, kept in enumerate(is_structure) if kept)


def _address(data: bytes | memoryview) -> int:
    return np.frombuffer(data, np.uint8).ctypes.data


def _damage(data: bytearray, spot: int, rng: random.Random) -> None:
    aligned = spot - spot % 4
    kind = rng.randrange(6)
    if kind == 0:
        data[spot] ^= 1 << rng.randrange(8)
    elif kind == 1:
        data[spot] = rng.randrange(256)
    elif kind == 2 and aligned + 4 <= len(data):
        struct.pack_into("<I", data, aligned, rng.choice(_NASTY_WORDS))
    elif kind == 3 and aligned + 4 <= len(data):
        (word,) = struct.unpack_from("<I", data, aligned)
        struct.pack_into("<I", data, aligned, (word + rng.randint(-64, 64)) % (1 << 32))
    elif kind == 4 and spot - spot % 2 + 2 <= len(data):
        struct.pack_into("<H", data, spot - spot % 2, rng.choice(_NASTY_HALVES))
    else:
        source = rng.randrange(len(data))
        piece = data[source : source + rng.choice((4, 8, 16))]
        data[spot : spot + len(piece)] = piece[: len(data) - spot]
