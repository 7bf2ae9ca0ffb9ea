"""plan.json: what the generator knows and reports want, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mcuforge.model.graph import Subgraph
from mcuforge.model.kernel_call import TensorArg
from mcuforge.plan.memory import Allocation
from mcuforge.runtimes.aot.lower import LoweredModel
from mcuforge.runtimes.aot.symbols import Symbols
from mcuforge.runtimes.shared.render import Settings


def model_facts(model: LoweredModel, settings: Settings) -> dict[str, Any]:
    """Sizes in bytes; `arena.used` is what the image reserves, `arena.needed` what the plan takes.

    Layers are those that compute; `peak` is the one while which the most bytes are live.
    """
    plan = model.plan
    return {
        "schema_version": 1,
        "name": settings.name,
        "runtime": "aot",
        "model": {
            "sha256": model.graph.sha256,
            "operators": model.operator_counts,
            "macs": model.macs,
            "weights_bytes": model.weights_bytes,
        },
        "arena": {
            "used": settings.arena_bytes,
            "needed": plan.arena_bytes,
            "lower_bound": plan.lower_bound,
            "proof": plan.proof,
            "peak": _peak(model),
            "allocations": [_allocation(model.main, allocation) for allocation in plan.allocations],
        },
        "layers": [
            {
                "index": layer.index,
                "op": layer.node.op.kind,
                "macs": layer.macs,
                "kernel": layer.call.variant,
                "function": layer.call.function,
            }
            for layer in model.layers
        ],
        "weights": [*_own_weights(model, settings.name), *_derived_weights(model, settings.name)],
        "graph": _graph(model.main),
    }


def _own_weights(model: LoweredModel, name: str) -> Iterator[dict[str, Any]]:
    """The model's constant tensors that the image holds, and the layers that read them."""
    for tensor in model.constant_tensors:
        readers = [layer for layer in model.layers if TensorArg(tensor.index) in layer.call.arguments]
        yield {
            "symbol": Symbols(name, model).weights(tensor.index),
            "tensor": tensor.name,
            "layers": [layer.index for layer in readers],
            "op": readers[0].node.op.kind if readers else "",
            "bytes": tensor.size_bytes,
        }


def _derived_weights(model: LoweredModel, name: str) -> Iterator[dict[str, Any]]:
    """Weights that were computed or reordered for one layer."""
    for layer in model.layers:
        for array in {constant.name: constant for constant in layer.call.constants if constant.weights}.values():
            yield {
                "symbol": Symbols(name, model).derived(layer, array),
                "tensor": array.name,
                "layers": [layer.index],
                "op": layer.node.op.kind,
                "bytes": array.values.nbytes,
            }


def _graph(main: Subgraph) -> dict[str, Any]:
    """What is computed from what: operators in the order they run, and the tensors between them."""

    def computed(indices: tuple[int | None, ...]) -> list[int]:
        return [index for index in indices if index is not None and not main.tensors[index].is_constant]

    shown = {*main.inputs, *main.outputs}
    for op in main.operators:
        shown.update(computed(op.inputs), computed(op.outputs))
    return {
        "inputs": list(main.inputs),
        "outputs": list(main.outputs),
        "tensors": [
            {"index": tensor.index, "name": tensor.name, "shape": list(tensor.shape), "dtype": str(tensor.dtype)}
            for tensor in main.tensors
            if tensor.index in shown
        ],
        "operators": [
            {"index": op.index, "op": op.kind, "inputs": computed(op.inputs), "outputs": computed(op.outputs)}
            for op in main.operators
        ],
    }


def _allocation(subgraph: Subgraph, allocation: Allocation) -> dict[str, Any]:
    return {
        "tensors": [subgraph.tensors[index].name for index in allocation.tensors],
        "offset": allocation.offset,
        "size": allocation.size,
        "first_use": allocation.first_use,
        "last_use": allocation.last_use,
    }


def _peak(model: LoweredModel) -> dict[str, Any] | None:
    """The layer that needs the most memory, and what is live while it runs."""
    if not model.layers:
        return None

    def live(index: int) -> list[Allocation]:
        return [a for a in model.plan.allocations if a.first_use <= index <= a.last_use]

    layer = max(model.layers, key=lambda layer: sum(a.size for a in live(layer.index)))
    tensors = []
    for allocation in live(layer.index):
        names = [model.main.tensors[index].name for index in allocation.tensors]
        tensors.append(
            {
                "name": names[0] if names else "scratch",
                "bytes": allocation.size,
                "role": _role(layer.node.op.inputs, layer.node.op.outputs, allocation),
            }
        )
    total = sum(allocation.size for allocation in live(layer.index))
    return {"layer": layer.index, "op": layer.node.op.kind, "bytes": total, "tensors": tensors}


def _role(inputs: tuple[int | None, ...], outputs: tuple[int, ...], allocation: Allocation) -> str:
    if allocation.is_scratch:
        return "scratch"
    if any(index in outputs for index in allocation.tensors):
        return "out"
    return "in" if any(index in inputs for index in allocation.tensors) else "held"
