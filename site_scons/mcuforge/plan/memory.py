"""Where every run-time tensor lives: the vocabulary of the planner."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

ARENA_ALIGNMENT = 16


def aligned(size: int) -> int:
    """Bytes in whole units of ARENA_ALIGNMENT."""
    return -(-size // ARENA_ALIGNMENT) * ARENA_ALIGNMENT


@dataclass(frozen=True)
class Allocation:
    """Bytes in a memory region, live from operator `first_use` to operator `last_use`, both included.

    `tensors` share these bytes (a RESHAPE's output is its input); empty for the scratch of operator `first_use`.
    """

    tensors: tuple[int, ...]
    region: str
    offset: int
    size: int
    first_use: int
    last_use: int

    @property
    def is_scratch(self) -> bool:
        return not self.tensors

    @property
    def end(self) -> int:
        return self.offset + self.size


@dataclass(frozen=True)
class MemoryPlan:
    """`lower_bound` is the most bytes live at one operator: no plan without overlap can be smaller."""

    allocations: tuple[Allocation, ...]
    arena_bytes: int
    lower_bound: int
    proof: Literal["optimal", "heuristic"]

    def of_tensor(self, tensor: int) -> Allocation | None:
        return self._by_tensor.get(tensor)

    def scratch_of(self, operator: int) -> Allocation | None:
        return self._by_operator.get(operator)

    @functools.cached_property
    def _by_tensor(self) -> dict[int, Allocation]:
        return {tensor: item for item in self.allocations for tensor in item.tensors}

    @functools.cached_property
    def _by_operator(self) -> dict[int, Allocation]:
        return {item.first_use: item for item in self.allocations if item.is_scratch}
