"""plan.json of a model on TFLM: the same document as the aot runtime's, so that reports need not know the runtime."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mcuforge.errors import UserError
from mcuforge.model.graph import Graph, Node, Subgraph
from mcuforge.model.operator_kind import operator_kinds
from mcuforge.runtimes.shared.graph_facts import graph_facts
from mcuforge.runtimes.shared.render import Settings
from mcuforge.runtimes.tflm.arena import ArenaNeed
from mcuforge.runtimes.tflm.sources import Origin
from mcuforge.runtimes.tflm.support import LayerCoverage
from mcuforge.runtimes.tflm.tree import TflmTree


def model_facts(
    graph: Graph,
    settings: Settings,
    need: ArenaNeed,
    tree: TflmTree,
    layers: tuple[LayerCoverage, ...],
    origins: Sequence[Origin],
    model_bytes: int,
) -> dict[str, Any]:
    """Sizes in bytes. TFLM decides at run time where tensors lie: there are no allocations to tell of."""
    main = graph.main
    macs = {node.op.index: _macs(node) for node in graph.nodes()}
    return {
        "schema_version": 1,
        "name": settings.name,
        "runtime": "tflm",
        "model": {
            "sha256": graph.sha256,
            "operators": dict(sorted(Counter(op.kind for op in main.operators).items())),
            "macs": sum(macs.values()),
            "weights_bytes": model_bytes,
        },
        "arena": {
            "used": settings.arena_bytes,
            "needed": need.needed,
            "head": need.head,
            "tail": need.tail,
            "method": need.method,
            "lower_bound": _most_live(main),
            "proof": "heuristic",
            "peak": None,
            "allocations": [],
        },
        "layers": [
            {
                "index": layer.index,
                "op": layer.op,
                "macs": macs[layer.index],
                "kernel": layer.library,
                "function": tree.methods[layer.op].register,
            }
            for layer in layers
        ],
        "coverage": [
            {
                "layer": layer.index,
                "op": layer.op,
                "types": layer.types,
                "kernel": layer.library,
                "file": layer.file,
                "reason": layer.reason,
            }
            for layer in layers
        ],
        "tflm": {
            "era": tree.era,
            "namespace": tree.namespace,
            "flatbuffers": tree.flatbuffers,
            "sources": [asdict(origin) for origin in origins],
        },
        "state_bytes": 0,
        "weights": [
            {
                "symbol": f"{settings.name}_weights_model",
                "tensor": "the .tflite file",
                "layers": [],
                "op": "",
                "bytes": model_bytes,
            }
        ],
        "graph": graph_facts(main),
    }


def _macs(node: Node) -> int:
    """0 for operators that mcuforge itself cannot count."""
    kind = operator_kinds().get(node.op.kind)
    if kind is None:
        return 0
    try:
        kind.check(node)
    except UserError:
        return 0
    return kind.macs(node)


def _most_live(main: Subgraph) -> int:
    """The most bytes of tensors that are alive at once, each in memory of its own."""
    first: dict[int, int] = dict.fromkeys(main.inputs, -1)
    last: dict[int, int] = dict.fromkeys(main.outputs, len(main.operators))
    for op in main.operators:
        for written in op.outputs:
            first.setdefault(written, op.index)
        for read in op.inputs:
            if read is not None:
                last[read] = max(op.index, last.get(read, -1))
    computed = [index for index in first if not main.tensors[index].is_constant]
    return max(
        (
            sum(main.tensors[i].size_bytes for i in computed if first[i] <= op.index <= last.get(i, first[i]))
            for op in main.operators
        ),
        default=0,
    )
