"""TensorFlow Lite Micro as package registries carry it: no source tree to probe, so what it has is stated here.

All releases that exports depend on are of layout A: everything is in the namespace `tflite`. Their resolver has an
`Add…` method for every operator that mcuforge knows, but for a few that upstream added later.
"""

from __future__ import annotations

from pathlib import Path

from mcuforge.errors import Location
from mcuforge.model.graph import Graph
from mcuforge.model.operator_kind import operator_kinds
from mcuforge.runtimes.tflm.support import check_model, nodes_of
from mcuforge.runtimes.tflm.tree import AddMethod, TflmTree

# Not in the header that tests/export compares with, whose TensorFlow Lite Micro is of early 2025.
NEWER = frozenset(("DYNAMIC_UPDATE_SLICE", "REDUCE_MIN", "REVERSE_V2"))

# Without TF_LITE_STATIC_MEMORY a TfLiteTensor has 64 bytes on the device; with it, 48 on a 64-bit computer.
WHOLE_TENSOR_BYTES_MORE = 16


def released_tflm() -> TflmTree:
    """What the generated C++ may expect. `root` is no folder: nothing of it may be read."""
    methods = {
        name: AddMethod(kind.tflm.add_method, name, f"Register_{name}", takes_registration=False)
        for name, kind in operator_kinds().items()
        if name not in NEWER
    }
    return TflmTree(
        root=Path(),
        commit=None,
        era="A",
        namespace="tflite",
        kernel_namespace="tflite",
        flatbuffers="",
        methods=methods,
        definitions={"": {method.register: "" for method in methods.values()}},
        declared={},
        per_channel_fully_connected=True,
    )


def check_released(graph: Graph, tree: TflmTree, title: str, location: Location) -> None:
    """`title` names the release for people; `location` is where the manifest asks for the runtime.

    Raises UserError, naming the layer, for a model that no release is known to run exactly.
    """
    for node in nodes_of(graph):
        if node.op.kind not in tree.methods:
            raise node.error(
                f"{title} is not known to have the operator {node.op.kind}",
                hint=f"write `runtime: aot` ({location}), which needs no TensorFlow Lite Micro; or change the model",
            )
    check_model(graph, tree)


def whole_tensors_bytes(graph: Graph) -> int:
    """What tensors with all their fields take beyond what a computer's do: inputs, outputs, and those of one layer.

    A layer's are there only while it is prepared, and others do not exist as such: the interpreter keeps less of them.
    """
    layer = max((len(node.op.inputs) + len(node.op.outputs) for node in nodes_of(graph)), default=0)
    return WHOLE_TENSOR_BYTES_MORE * (len(graph.main.inputs) + len(graph.main.outputs) + layer)
