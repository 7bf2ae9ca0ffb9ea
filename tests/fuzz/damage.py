"""Damage to whole models: bytes of the structure and of the weights, truncation, fields with other values, tables that
change places."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import Location
from mcuforge.model.reader import parse_model
from tests.fuzz.fields import Field, fields_of
from tests.support.mutations import mutate, structure_spots

_WEIGHTS_SHARE, _SWAP_SHARE, _FIELD_SHARE = 0.1, 0.2, 0.4
_MAX_VTABLE = 256
_WORD = 4


@dataclass(frozen=True)
class Specimen:
    """A sound model and where it can be hurt.

    `structure` and `weights` are offsets of bytes, `references` those of words that refer to tables; `fields` describe
    tensors and operators, and damage to them comes furthest.
    """

    name: str
    data: bytes
    structure: tuple[int, ...]
    weights: tuple[int, ...]
    references: tuple[int, ...]
    fields: tuple[Field, ...]

    @classmethod
    def of(cls, name: str, data: bytes) -> Specimen:
        graph = parse_model(data, Location(Path(name)))
        views = [t.data for subgraph in graph.subgraphs for t in subgraph.tensors if t.data is not None]
        structure = structure_spots(data, views)
        known = set(structure)
        weights = tuple(offset for offset in range(len(data)) if offset not in known)
        return cls(name, data, structure, weights, _references(data, known), fields_of(data))

    def damaged(self, seed: int) -> bytes:
        """The same damage for the same seed."""
        chance = random.Random(seed)
        draw = chance.random()
        if draw < _SWAP_SHARE:
            return self._swapped(chance)
        if draw < _SWAP_SHARE + _FIELD_SHARE:
            return self._changed(chance)
        if draw < _SWAP_SHARE + _FIELD_SHARE + _WEIGHTS_SHARE and self.weights:
            return mutate(self.data, seed, self.weights)
        return mutate(self.data, seed, self.structure)

    def _swapped(self, chance: random.Random) -> bytes:
        """Two references exchange the tables they refer to; each counts from where it stands."""
        data = bytearray(self.data)
        for _ in range(chance.choice((1, 1, 2, 4))):
            first, second = chance.sample(self.references, 2)
            targets = [at + int.from_bytes(data[at : at + _WORD], "little") for at in (first, second)]
            for at, target in ((first, targets[1]), (second, targets[0])):
                struct.pack_into("<I", data, at, (target - at) % (1 << 32))
        return bytes(data)

    def _changed(self, chance: random.Random) -> bytes:
        data = bytearray(self.data)
        for _ in range(chance.choice((1, 1, 2, 3))):
            chance.choice(self.fields).change(data, chance)
        return bytes(data)


def _references(data: bytes, structure: set[int]) -> tuple[int, ...]:
    """Words that lead to something that looks like a table: it begins with the distance to a small vtable."""
    found = []
    for at in range(0, len(data) - _WORD + 1, _WORD):
        target = at + int.from_bytes(data[at : at + _WORD], "little")
        if at not in structure or not at < target <= len(data) - _WORD:
            continue
        vtable = target - int.from_bytes(data[target : target + _WORD], "little", signed=True)
        if 0 <= vtable <= len(data) - _WORD and vtable != target:
            size = int.from_bytes(data[vtable : vtable + 2], "little")
            if _WORD <= size <= _MAX_VTABLE and size % 2 == 0:
                found.append(at)
    return tuple(found)
