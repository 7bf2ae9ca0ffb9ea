"""plan.json: what the generator knows and reports want, as plain data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from mcuforge.model.graph import Subgraph
from mcuforge.model.kernel_call import ControlFlow
from mcuforge.plan.memory import Allocation
from mcuforge.runtimes.aot.lower import Layer, LoweredModel
from mcuforge.runtimes.aot.symbols import scopes
from mcuforge.runtimes.shared.graph_facts import graph_facts
from mcuforge.runtimes.shared.render import Settings


def model_facts(model: LoweredModel, settings: Settings) -> dict[str, Any]:
    """Sizes in bytes; `arena.used` is what the image reserves, `arena.needed` what the plan takes.

    Layers are those of the main subgraph that compute; `peak` is the one while which the most bytes are live.
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
                "kernel": layer.variant,
                "function": layer.function,
                "left_out_channels": layer.left_out_channels,
            }
            for layer in model.layers
        ],
        "state_bytes": sum(array.size_bytes for array in model.state.arrays),
        "weights": [*_own_weights(model, settings.name), *_derived_weights(model, settings.name)],
        "graph": graph_facts(model.main),
    }


def _own_weights(model: LoweredModel, name: str) -> Iterator[dict[str, Any]]:
    """The model's constant tensors that the image holds, and the layers that read them."""
    callers = _callers(model)
    readers: dict[str, list[Layer]] = {}
    for scope in scopes(name, model):
        constants = {tensor.index for tensor in scope.routine.constant_tensors}
        for layer in scope.routine.layers:
            for tensor in dict.fromkeys(layer.tensors):
                if tensor in constants:
                    blamed = callers.get(scope.routine.subgraph.index, layer)
                    readers.setdefault(scope.weights(tensor), []).append(blamed)
    by_subgraph = {scope.routine.subgraph.index: scope for scope in scopes(name, model)}
    for routine, constant in model.stored_constants:
        symbol = by_subgraph[routine.subgraph.index].weights(constant.index)
        found = readers.get(symbol, [])
        yield {
            "symbol": symbol,
            "tensor": constant.name,
            "layers": list(dict.fromkeys(layer.index for layer in found)),
            "op": found[0].node.op.kind if found else "",
            "bytes": constant.size_bytes,
        }


def _derived_weights(model: LoweredModel, name: str) -> Iterator[dict[str, Any]]:
    """Weights that were computed or reordered for one layer."""
    callers = _callers(model)
    for scope in scopes(name, model):
        for layer, call in scope.routine.kernel_layers:
            blamed = callers.get(scope.routine.subgraph.index, layer)
            for array in {constant.name: constant for constant in call.constants if constant.weights}.values():
                yield {
                    "symbol": scope.derived(layer, array),
                    "tensor": array.name,
                    "layers": [blamed.index],
                    "op": blamed.node.op.kind,
                    "bytes": array.values.nbytes,
                }


def _callers(model: LoweredModel) -> dict[int, Layer]:
    """For each called subgraph the first layer of the main one that reaches it: who its costs are laid to."""
    routines = {routine.subgraph.index: routine for routine in model.routines}
    callers: dict[int, Layer] = {}

    def reach(layer: Layer, blamed: Layer) -> None:
        if isinstance(layer.call, ControlFlow):
            for index in layer.call.subgraphs:
                if index not in callers:
                    callers[index] = blamed
                    for inner in routines[index].layers:
                        reach(inner, blamed)

    for layer in model.layers:
        reach(layer, layer)
    return callers


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
    used = _live_bytes(model)
    layer = max(model.layers, key=lambda layer: used[layer.index])
    live = [a for a in model.plan.allocations if a.first_use <= layer.index <= a.last_use]
    tensors = []
    for allocation in live:
        names = [model.main.tensors[index].name for index in allocation.tensors]
        tensors.append(
            {
                "name": names[0] if names else "scratch",
                "bytes": allocation.size,
                "role": _role(layer.node.op.inputs, layer.node.op.outputs, allocation),
            }
        )
    return {"layer": layer.index, "op": layer.node.op.kind, "bytes": used[layer.index], "tensors": tensors}


def _live_bytes(model: LoweredModel) -> list[int]:
    """By operator of the main subgraph."""
    change = [0] * (len(model.main.operators) + 1)
    for allocation in model.plan.allocations:
        change[allocation.first_use] += allocation.size
        change[allocation.last_use + 1] -= allocation.size
    return list(itertools.accumulate(change))


def _role(inputs: tuple[int | None, ...], outputs: tuple[int, ...], allocation: Allocation) -> str:
    if allocation.is_scratch:
        return "scratch"
    if any(index in outputs for index in allocation.tensors):
        return "out"
    return "in" if any(index in inputs for index in allocation.tensors) else "held"
