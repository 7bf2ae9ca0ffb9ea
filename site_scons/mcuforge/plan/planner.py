"""Arena layout: greedy placement under several orders, a short deterministic search, and a lower bound beside it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from mcuforge.errors import InternalError
from mcuforge.model.graph import Node, Subgraph
from mcuforge.plan.lifetimes import Buffer, find_buffers
from mcuforge.plan.memory import ARENA_ALIGNMENT, Allocation, MemoryPlan, aligned
from mcuforge.plan.storage import Storage
from mcuforge.plan.sweep import check_disjoint, sweep

_SEARCH_STEPS = 400
_SEARCH_PAIRS = 600_000
"""Pairs of buffers that the search may look at: what bounds its time."""

_PAIRWISE_LIMIT = 400
"""Buffers beyond which no pairs are compared: a model made to be slow has thousands, all live at once."""


def plan_memory(
    subgraph: Subgraph,
    nodes: tuple[Node, ...],
    storage: Storage,
    scratch_bytes: Mapping[int, int],
    *,
    region: str = "arena",
    share_of_effort: int = 1,
) -> MemoryPlan:
    """Places every run-time tensor and scratch buffer of a subgraph. Sizes are rounded up to ARENA_ALIGNMENT.

    `scratch_bytes` by operator. A model of n subgraphs passes n as `share_of_effort`, so that all take bounded time.
    """
    buffers = find_buffers(subgraph, nodes, storage, scratch_bytes)
    bound = lower_bound(buffers)
    offsets = _offsets(buffers, bound, _SEARCH_PAIRS // share_of_effort)
    arena = _extent(buffers, offsets)
    allocations = tuple(
        Allocation(b.tensors, region, offset, b.size, b.first_use, b.last_use)
        for b, offset in sorted(zip(buffers, offsets, strict=True), key=lambda pair: (pair[0].first_use, pair[1]))
    )
    return MemoryPlan(allocations, arena, bound, "optimal" if arena == bound else "heuristic")


def _offsets(buffers: Sequence[Buffer], bound: int, search_pairs: int) -> list[int]:
    if len(buffers) > _PAIRWISE_LIMIT:
        offsets = sweep(buffers)
        check_disjoint(buffers, offsets)
        return offsets
    offsets = _Layout(buffers).best(bound, search_pairs)
    check_layout(buffers, offsets)
    return offsets


def lower_bound(buffers: Sequence[Buffer]) -> int:
    """The most bytes that must be live at one operator: sizes less what may lie on another buffer."""
    change: dict[int, int] = {}
    saved: dict[int, int] = {}
    for buffer in buffers:
        size = aligned(buffer.size)
        shared = sum(min(count, buffers[other].size) for other, count in buffer.onto.items())
        change[buffer.first_use] = change.get(buffer.first_use, 0) + size
        change[buffer.last_use + 1] = change.get(buffer.last_use + 1, 0) - size
        saved[buffer.first_use] = saved.get(buffer.first_use, 0) + min(size, aligned(shared))
    live = most = 0
    for step in sorted(change):
        live += change[step]
        most = max(most, live - saved.get(step, 0))
    return most


class _Layout:
    """The buffers and who meets whom: found once, used by every placement that is tried."""

    def __init__(self, buffers: Sequence[Buffer]) -> None:
        self.buffers = buffers
        self.neighbours = [
            [other for other in range(len(buffers)) if other != at and buffer.meets(buffers[other])]
            for at, buffer in enumerate(buffers)
        ]

    def place(self, order: Sequence[int]) -> list[int]:
        """First fit: each buffer, in this order, at the lowest offset that no placed neighbour forbids."""
        offsets = [-1] * len(self.buffers)
        for at in order:
            blocked = sorted(
                _forbidden(self.buffers, at, other, offsets[other])
                for other in self.neighbours[at]
                if offsets[other] >= 0
            )
            offset = 0
            for low, high in blocked:
                if low < offset < high:
                    offset = high
            offsets[at] = offset
        return offsets

    def best(self, bound: int, search_pairs: int) -> list[int]:
        tried = (self.place(order) for order in _orders(self.buffers))
        best = min(tried, key=lambda offsets: _extent(self.buffers, offsets), default=[])
        pairs = sum(map(len, self.neighbours))
        return self.improve(best, bound, min(_SEARCH_STEPS, search_pairs // max(1, pairs)))

    def improve(self, best: list[int], bound: int, steps: int) -> list[int]:
        """Swaps pairs in the order that the best layout implies. The same seed gives the same plan every time."""
        chance = random.Random(len(self.buffers))
        order = sorted(range(len(self.buffers)), key=lambda at: (best[at], at))
        for _ in range(steps):
            if _extent(self.buffers, best) == bound:
                break
            first, second = chance.randrange(len(order)), chance.randrange(len(order))
            order[first], order[second] = order[second], order[first]
            found = self.place(order)
            if _extent(self.buffers, found) <= _extent(self.buffers, best):
                best = found
            else:
                order[first], order[second] = order[second], order[first]
        return best


def _orders(buffers: Sequence[Buffer]) -> list[list[int]]:
    keys: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
        lambda b: (-b.size, b.first_use),
        lambda b: (b.first_use, -b.size),
        lambda b: (-b.size * (b.last_use - b.first_use + 1), b.first_use),
        lambda b: (-b.last_use, -b.size),
    )
    return [sorted(range(len(buffers)), key=lambda at: (*key(buffers[at]), at)) for key in keys]


def _forbidden(buffers: Sequence[Buffer], at: int, other: int, placed: int) -> tuple[int, int]:
    """The open interval of offsets at which buffer `at` would collide with `other`, which starts at `placed`."""
    size, fixed = aligned(buffers[at].size), aligned(buffers[other].size)
    low, high = placed - size, placed + fixed
    if other in buffers[at].onto:
        low += _shared(buffers, at, other)
    elif at in buffers[other].onto:
        high -= _shared(buffers, other, at)
    return low, high


def _shared(buffers: Sequence[Buffer], writer: int, reader: int) -> int:
    """Overlap in whole alignment units. Full overlap stays full: both begin at the same aligned offset."""
    count, size = buffers[writer].onto[reader], buffers[writer].size
    return aligned(size) if count >= size else count // ARENA_ALIGNMENT * ARENA_ALIGNMENT


def check_layout(buffers: Sequence[Buffer], offsets: Sequence[int]) -> None:
    """Raises InternalError when two buffers collide: the proof that every plan goes through."""
    for at, offset in enumerate(offsets):
        if offset < 0 or offset % ARENA_ALIGNMENT:
            raise InternalError(f"buffer {at} is misplaced at {offset}")
        for other in range(at):
            low, high = _forbidden(buffers, at, other, offsets[other])
            if buffers[at].meets(buffers[other]) and low < offset < high:
                raise InternalError(f"buffers {at} and {other} collide")


def _extent(buffers: Sequence[Buffer], offsets: Sequence[int]) -> int:
    return max((offset + aligned(b.size) for b, offset in zip(buffers, offsets, strict=True)), default=0)
