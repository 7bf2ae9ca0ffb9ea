"""How large an arena a model needs on the 32-bit target: measured where the board has a twin, else bounded from above.

`arena_used_bytes()` is not the answer: while it plans, TFLM needs temporary memory besides. What works is found by
trying: each try builds the interpreter in an arena of one size, in a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from mcuforge.emulate.qemu import Twin
from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Kernels
from mcuforge.model.graph import Graph, Node
from mcuforge.plan.memory import ARENA_ALIGNMENT
from mcuforge.resources import write_atomic
from mcuforge.runtimes.shared.render import STATUSES
from mcuforge.runtimes.tflm.fetch import cache_dir
from mcuforge.runtimes.tflm.support import nodes_of
from mcuforge.units import format_size

# What one object takes on Cortex-M, rounded up (docs/tflm.md); the planner and the allocator take the rest.
_TENSOR_BYTES, _OPERATOR_BYTES, _CHANNEL_BYTES, _FIXED_BYTES = 64, 256, 16, 8192


@dataclass(frozen=True)
class ArenaNeed:
    """Bytes. `head` (activations, scratch memory) and `tail` (what lives as long as the interpreter) are None for a
    bound; `method` says in words how `needed` was found.
    """

    needed: int
    head: int | None
    tail: int | None
    method: str
    is_exact: bool


@dataclass(frozen=True)
class Attempt:
    """The size tried, the status of the preparation (None for a crash), the bytes used, and those of the head (largest
    size only).
    """

    size: int
    status: int | None
    used: int = 0
    head: int = 0

    @property
    def fits(self) -> bool:
        return self.status == 0

    @property
    def reason(self) -> str:
        return "it crashed" if self.status is None else STATUSES[self.status].text


def ceiling(graph: Graph) -> int:
    """More than any kernel library needs: no tensor shares memory with another, and every layer has scratch memory."""
    tensors = [tensor for subgraph in graph.subgraphs for tensor in subgraph.tensors]
    activations = sum(_aligned(tensor.size_bytes) for tensor in tensors if not tensor.is_constant)
    nodes = list(nodes_of(graph))
    own = _TENSOR_BYTES * len(tensors) + sum(_OPERATOR_BYTES + _CHANNEL_BYTES * _channels(node) for node in nodes)
    return _aligned(activations + own + scratch_bound(graph) + _FIXED_BYTES)


def scratch_bound(graph: Graph) -> int:
    """More scratch memory than the largest layer asks CMSIS-NN or ESP-NN for: they unfold windows of the input into
    16-bit columns, four at a time, keep a sum for each channel, and pad the input once.
    """
    return _aligned(max((_layer_scratch(node) for node in nodes_of(graph)), default=0))


def _layer_scratch(node: Node) -> int:
    weights = node.optional_input(1)
    if weights is None or not weights.is_constant or not weights.shape:
        return 0
    window = weights.elements // max(1, min(weights.shape[0], weights.shape[-1]))
    return 8 * window + 16 * _channels(node) + 2 * node.input(0).size_bytes


def _channels(node: Node) -> int:
    return node.output(0).shape[-1] if node.op.outputs and node.output(0).shape else 0


def measure(twin: Twin) -> ArenaNeed:
    """The smallest arena that works, to 16 bytes. Raises UserError when even the largest does not."""
    store = _store(twin)
    known = _read(store)
    if known is not None:
        return known
    largest = _attempt(twin, 0)
    if not largest.fits:
        raise UserError(
            f"TensorFlow Lite Micro cannot prepare this model in {format_size(largest.size)} on {twin.machine}",
            location=Location(twin.elf),
            details=(largest.reason,),
            hint="does the model run at all? `scons … emulate` with `runtime: aot` compares it with the released TFLM",
        )
    needed = smallest(lambda size: _attempt(twin, size).fits, largest.used, largest.size)
    found = ArenaNeed(needed, largest.head, largest.used - largest.head, f"measured on {twin.machine}", True)
    write_atomic(store, json.dumps(asdict(found), indent=1) + "\n")
    return found


def smallest(fits: Callable[[int], bool], used: int, largest: int) -> int:
    """The smallest size that fits, a multiple of 16 between what is used and what is known to fit."""
    low, step = _aligned(used) - ARENA_ALIGNMENT, 256
    high = min(low + step, largest)
    # What is missing is temporary memory, a few hundred bytes as a rule: look near by first.
    while high < largest and not fits(high):
        low, step = high, 2 * step
        high = min(high + step, largest)
    while high - low > ARENA_ALIGNMENT:
        middle = low + _aligned((high - low) // 2)
        if middle >= high:
            break
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def bound_from_host(host_bytes: int, graph: Graph, kernels: Kernels) -> ArenaNeed:
    """From what TFLM needs on this 64-bit computer: pointers there are twice as wide, so that nothing takes less.

    Reference kernels ask no scratch memory, kernel libraries do: their bound is added.
    """
    scratch = scratch_bound(graph) if kernels in ("cmsis-nn", "esp-nn") else 0
    added = f" and at most {format_size(scratch)} of scratch memory" if scratch else ""
    method = f"an upper bound, from {format_size(host_bytes)} on a 64-bit computer{added}"
    return ArenaNeed(_aligned(host_bytes + scratch), None, None, method, False)


def read_need(path: Path) -> ArenaNeed:
    return ArenaNeed(**json.loads(path.read_text(encoding="utf-8")))


def to_json(need: ArenaNeed) -> str:
    return json.dumps(asdict(need), indent=1) + "\n"


def _attempt(twin: Twin, size: int) -> Attempt:
    """A crash is an answer too: TFLM does not check every pointer that an arena too small gives it."""
    code, result = twin.execute(struct.pack("<I", size))
    if code != 0 or len(result) != 16:
        return Attempt(size, None)
    return Attempt(*struct.unpack("<IiII", result))


def _store(twin: Twin) -> Path:
    digest = hashlib.sha256(twin.machine.encode() + b"\0" + twin.elf.read_bytes()).hexdigest()
    return cache_dir() / "arenas" / f"{digest}.json"


def _read(store: Path) -> ArenaNeed | None:
    try:
        return read_need(store)
    except (OSError, ValueError, TypeError):
        return None


def _aligned(count: int) -> int:
    return -(-count // ARENA_ALIGNMENT) * ARENA_ALIGNMENT
