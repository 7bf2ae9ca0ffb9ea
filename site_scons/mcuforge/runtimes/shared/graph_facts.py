"""The model's graph in plan.json."""

from __future__ import annotations

from typing import Any

from mcuforge.model.graph import Subgraph


def graph_facts(main: Subgraph) -> dict[str, Any]:
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
