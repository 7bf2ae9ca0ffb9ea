"""Placement for very many buffers, in time that grows hardly faster than their number.

Buffers are placed in the order of their first use; what has died by then is used again, the tightest block first.
Nothing is laid over anything else that lives, not even where `Buffer.onto` would allow it.
"""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Sequence

from mcuforge.errors import InternalError
from mcuforge.plan.lifetimes import Buffer
from mcuforge.plan.memory import ARENA_ALIGNMENT, aligned


def sweep(buffers: Sequence[Buffer]) -> list[int]:
    """The offset of each buffer."""
    offsets = [0] * len(buffers)
    free: list[tuple[int, int]] = []  # (size, offset), the smallest first
    dying: list[tuple[int, int]] = []  # (last use, buffer), the earliest first
    end = 0
    for at in _by_first_use(buffers):
        while dying and dying[0][0] < buffers[at].first_use:
            dead = heapq.heappop(dying)[1]
            bisect.insort(free, (aligned(buffers[dead].size), offsets[dead]))
        size = aligned(buffers[at].size)
        tightest = bisect.bisect_left(free, (size, 0))
        if tightest < len(free):
            block, offsets[at] = free.pop(tightest)
            if block > size:
                bisect.insort(free, (block - size, offsets[at] + size))
        else:
            offsets[at], end = end, end + size
        heapq.heappush(dying, (buffers[at].last_use, at))
    return offsets


def check_disjoint(buffers: Sequence[Buffer], offsets: Sequence[int]) -> None:
    """Raises InternalError when two buffers that live together share a byte: the proof that every plan goes through."""
    live: list[tuple[int, int]] = []  # (offset, buffer): disjoint so far, so that neighbours are all there is to check
    dying: list[tuple[int, int]] = []
    for at in _by_first_use(buffers):
        while dying and dying[0][0] < buffers[at].first_use:
            dead = heapq.heappop(dying)[1]
            live.pop(bisect.bisect_left(live, (offsets[dead], dead)))
        if offsets[at] < 0 or offsets[at] % ARENA_ALIGNMENT:
            raise InternalError(f"buffer {at} is misplaced at {offsets[at]}")
        place = bisect.bisect_left(live, (offsets[at], at))
        below = live[place - 1][1] if place else None
        above = live[place][1] if place < len(live) else None
        for lower, upper in ((below, at), (at, above)):
            if lower is not None and upper is not None:
                _check_pair(buffers, offsets, lower, upper)
        live.insert(place, (offsets[at], at))
        heapq.heappush(dying, (buffers[at].last_use, at))


def _check_pair(buffers: Sequence[Buffer], offsets: Sequence[int], lower: int, upper: int) -> None:
    if offsets[lower] + aligned(buffers[lower].size) > offsets[upper]:
        raise InternalError(f"buffers {lower} and {upper} collide")


def _by_first_use(buffers: Sequence[Buffer]) -> list[int]:
    return sorted(range(len(buffers)), key=lambda at: (buffers[at].first_use, -buffers[at].size, at))
