"""What an emulation found: `emulate.json` (schema_version 1) for tools, and a few lines for people."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from mcuforge.emulate.compare import Difference, Divergence, OutputComparison
from mcuforge.errors import Location, UserError
from mcuforge.units import format_size

SCHEMA_VERSION = 1
_SHOWN_LAYERS = 5


@dataclass(frozen=True)
class LayerProfile:
    """`instructions` is None on a machine that does not count them."""

    index: int
    op: str
    instructions: int | None
    macs: int
    kernel: str


@dataclass(frozen=True)
class Mismatch:
    """The first vector that goes wrong, and the layer where it does (None when each layer alone is right).

    `outputs` are the model's that differ; none, where only layers before them do.
    """

    vector: int
    outputs: tuple[Difference, ...]
    divergence: Divergence | None


@dataclass(frozen=True)
class Emulation:
    """Counts are of the first vector. Those a machine cannot measure are None; high waters are in bytes.

    `layer_bytes` is how much of the layers' outputs was compared too. `stack_high_water` is what one inference takes
    below its caller.
    """

    machine: str
    vectors: int
    comparison: OutputComparison
    mismatch: Mismatch | None
    instructions_per_inference: int | None
    layers: tuple[LayerProfile, ...]
    layer_bytes: int
    stack_high_water: int | None
    arena_high_water: int

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)


def to_json(emulation: Emulation) -> str:
    """Deterministic: the same emulation gives the same text. `outputs` and `mismatches` are bytes."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "machine": emulation.machine,
        "vectors": emulation.vectors,
        "outputs": emulation.comparison.bytes_compared,
        "mismatches": emulation.comparison.mismatches,
        "first_divergent_layer": _divergence(emulation.mismatch.divergence if emulation.mismatch else None),
        "instructions_per_inference": emulation.instructions_per_inference,
        "layer_outputs": emulation.layer_bytes,
        "layers": [asdict(layer) for layer in emulation.layers],
        "stack_high_water": emulation.stack_high_water,
        "arena_high_water": emulation.arena_high_water,
    }
    return json.dumps(document, indent=1) + "\n"


def _divergence(divergence: Divergence | None) -> dict[str, Any] | None:
    if divergence is None:
        return None
    difference = divergence.difference
    return {
        "index": divergence.node.op.index,
        "op": divergence.node.op.kind,
        "vector": divergence.vector,
        "tensor": difference.tensor.index,
        "element": list(difference.first.index),
        "expected": _number(difference.first.expected),
        "got": _number(difference.first.got),
        "differing": difference.differing,
    }


def _number(value: int | float) -> int | float | str:
    """JSON has no NaN and no infinity: those are words."""
    return value if math.isfinite(value) else str(value)


def mismatch_error(emulation: Emulation, mismatch: Mismatch, model: Location) -> UserError:
    """The error for outputs that differ from TFLM's; raise what is returned."""
    comparison = emulation.comparison
    if mismatch.divergence is not None:
        layer = mismatch.divergence.node.label
        earlier = mismatch.divergence.vector
        when = "" if earlier == mismatch.vector else f", already in vector {earlier}, from where state carried it on"
        outputs = (difference.describe() for difference in mismatch.divergence.outputs)
        found: tuple[str, ...] = (f"first divergent layer: {layer}{when}", *outputs)
        hint = f"the kernel or the parameters of {layer} are wrong for this input; please report the model"
    else:
        found = ("every layer alone agrees", *(difference.describe() for difference in mismatch.outputs))
        hint = "invoke() does something else than its layers one after the other, or they disturb each other's memory"
    if not comparison.mismatches:
        return UserError(
            f"the outputs on {emulation.machine} are TensorFlow Lite Micro's, but not those of every layer before them",
            location=model,
            details=found,
            hint=hint,
        )
    return UserError(
        f"{comparison.mismatches:,} of {comparison.bytes_compared:,} output bytes on {emulation.machine} differ from "
        f"TensorFlow Lite Micro's, first in vector {mismatch.vector}",
        location=model,
        details=found,
        hint=hint,
    )


def summary(emulation: Emulation) -> str:
    """The lines a person reads after an emulation that agreed with TFLM."""
    comparison = emulation.comparison
    lines = [
        f"{emulation.machine}: {_plural(emulation.vectors, 'vector')}, {comparison.bytes_compared:,} output bytes "
        f"compared with TensorFlow Lite Micro, {comparison.mismatches} differ"
    ]
    if emulation.layer_bytes:
        lines.append(f"  and {emulation.layer_bytes:,} bytes of every layer's output in the first vector: none differs")
    if emulation.instructions_per_inference is not None:
        lines.append(f"  {_work(emulation.instructions_per_inference, emulation.macs)} per inference")
        lines += _top_layers(emulation)
    memory = f"  arena {format_size(emulation.arena_high_water)}"
    if emulation.stack_high_water is not None:
        memory += f", stack {format_size(emulation.stack_high_water)} below the caller"
    return "\n".join([*lines, memory])


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _work(instructions: int, macs: int) -> str:
    density = f" ({instructions / macs:.2f} per MAC)" if macs else ""
    return f"{instructions:,} instructions{density}"


def _top_layers(emulation: Emulation) -> Iterator[str]:
    measured = [(layer.instructions, layer) for layer in emulation.layers if layer.instructions is not None]
    total = sum(instructions for instructions, _ in measured) or 1
    for instructions, layer in sorted(measured, key=lambda pair: -pair[0])[:_SHOWN_LAYERS]:
        yield (
            f"  {100 * instructions / total:5.1f} %  layer {layer.index} {layer.op}: "
            f"{_work(instructions, layer.macs)}, {layer.kernel}"
        )
    if len(measured) > _SHOWN_LAYERS:
        yield f"           and {_plural(len(measured) - _SHOWN_LAYERS, 'layer')} with less"
