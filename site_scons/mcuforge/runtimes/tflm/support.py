"""Whether TFLM can run a model, and which layers an optimised library computes: said before anything compiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Kernels
from mcuforge.model.graph import DType, Graph, Node, Tensor
from mcuforge.runtimes.tflm.tree import AddMethod, TflmTree

_F32, _I8, _I16 = DType.FLOAT32, DType.INT8, DType.INT16

# The activation types that TFLM's kernels take; tests/tflm/test_wheel.py asks the released ones about each.
# An operator that is not here is left to its own Prepare().
ACTIVATIONS: Mapping[str, tuple[DType, ...]] = {
    "ADD": (_F32, _I8, _I16, DType.INT32),
    "AVERAGE_POOL_2D": (_F32, _I8, _I16),
    "CONV_2D": (_F32, _I8, _I16),
    "DEPTHWISE_CONV_2D": (_F32, _I8, _I16),
    "FULLY_CONNECTED": (_F32, _I8, _I16),
    "LOGISTIC": (_F32, _I8, _I16),
    "MAX_POOL_2D": (_F32, _I8, _I16),
    "MEAN": (_F32, _I8, _I16),
    "MUL": (_F32, _I8, _I16, DType.INT32),
    "RELU": (_F32, _I8, _I16),
    "RELU6": (_F32, _I8, _I16),
    "SOFTMAX": (_F32, _I8, _I16),
    "TANH": (_F32, _I8, _I16),
}
_WITH_WEIGHTS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV", "UNIDIRECTIONAL_SEQUENCE_LSTM")

# What the libraries' wrappers hand on; everything else in the same file is the reference code.
# Sources: kernels/cmsis_nn/*.cc and kernels/esp_nn/*.cc of TensorFlow Lite Micro and esp-tflite-micro.
_INT = (_I8, _I16)
OPTIMIZED: Mapping[str, Mapping[str, tuple[DType, ...]]] = {
    "cmsis-nn": {
        **dict.fromkeys(("ADD", "MUL", "AVERAGE_POOL_2D", "MAX_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D"), _INT),
        **dict.fromkeys(("FULLY_CONNECTED", "SOFTMAX", "BATCH_MATMUL", "UNIDIRECTIONAL_SEQUENCE_LSTM"), _INT),
        **dict.fromkeys(("SVDF", "TRANSPOSE_CONV", "PAD", "PADV2", "MAXIMUM", "MINIMUM", "TRANSPOSE"), (_I8,)),
    },
    "esp-nn": dict.fromkeys(
        ("ADD", "MUL", "AVERAGE_POOL_2D", "MAX_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "SOFTMAX"),
        (_I8,),
    ),
}
VENDOR_FOLDERS: Mapping[str, str] = {"cmsis-nn": "cmsis_nn", "esp-nn": "esp_nn"}
_TITLES = {"cmsis-nn": "CMSIS-NN", "esp-nn": "ESP-NN"}


@dataclass(frozen=True)
class LayerCoverage:
    """Which kernel computes a layer: `library` is cmsis-nn, esp-nn or reference; `reason` says why it is the last."""

    index: int
    op: str
    types: str
    file: str
    library: str
    reason: str = ""


def nodes_of(graph: Graph) -> Iterator[Node]:
    """The operators of all subgraphs: IF and WHILE run those of others."""
    for subgraph in range(len(graph.subgraphs)):
        yield from graph.nodes(subgraph)


def method_of(node: Node, tree: TflmTree) -> AddMethod:
    """Raises UserError when this tree has no such operator, or no file that defines it."""
    method = tree.methods.get(node.op.kind)
    if method is None:
        raise node.error(
            f"this TensorFlow Lite Micro tree (era {tree.era}) has no operator {node.op.kind}",
            hint="its micro_mutable_op_resolver.h declares none; take a newer tree, or change the model",
        )
    if method.register not in tree.definitions[""]:
        raise UserError(
            f"no file of this TensorFlow Lite Micro tree defines {method.register}, which {node.label} needs",
            details=(f"searched {tree.root}/tensorflow/lite/micro/kernels/*.cc",),
            hint="is the checkout complete? `git status` in it shows missing files",
        )
    return method


def check_model(graph: Graph, tree: TflmTree) -> None:
    """Raises UserError, naming the first layer that TFLM cannot run exactly, and what would work."""
    for node in nodes_of(graph):
        method_of(node, tree)
        _check_float16(node)
        _check_hybrid(node)
        _check_activations(node)
        _check_per_channel(node, tree)


def _check_float16(node: Node) -> None:
    for tensor in _tensors(node):
        if tensor.dtype is DType.FLOAT16:
            raise node.error(
                f"TensorFlow Lite Micro computes nothing in float16 ({tensor.describe()})",
                hint="write `runtime: aot`, which runs it, or convert the model with float32 or int8 weights",
            )


def _check_hybrid(node: Node) -> None:
    if node.op.kind not in _WITH_WEIGHTS:
        return
    weights = node.optional_input(1)
    if weights is not None and node.input(0).dtype is DType.FLOAT32 and weights.dtype in (DType.INT8, DType.INT4):
        raise node.error(
            "a hybrid layer: float32 activations with quantized weights, which TensorFlow Lite Micro does not run",
            hint="quantize the activations too (`scheme: int8`), or keep the weights in float32",
        )


def _check_activations(node: Node) -> None:
    taken = ACTIVATIONS.get(node.op.kind)
    if taken is not None and node.inputs and node.input(0).dtype not in taken:
        raise node.error(
            f"TensorFlow Lite Micro has no kernel for {node.input(0).dtype} activations",
            hint=f"{node.op.kind} runs with: {', '.join(map(str, taken))}",
        )


def _check_per_channel(node: Node, tree: TflmTree) -> None:
    if node.op.kind != "FULLY_CONNECTED" or tree.per_channel_fully_connected:
        return
    quantization = node.input(1).quantization
    if quantization is not None and len(quantization.scales) > 1:
        raise node.error(
            "its weights have one scale for each channel, which this TensorFlow Lite Micro tree silently ignores",
            hint="take a newer tree, or quantize its weights per tensor (disable_per_channel in the converter)",
        )


def _tensors(node: Node) -> tuple[Tensor, ...]:
    return (*node.inputs, *_outputs(node))


def _outputs(node: Node) -> tuple[Tensor, ...]:
    return tuple(node.output(at) for at in range(len(node.op.outputs)))


def coverage(graph: Graph, tree: TflmTree, kernels: Kernels) -> tuple[LayerCoverage, ...]:
    """The kernel of each layer of the main subgraph, in order."""
    return tuple(_cover(node, tree, kernels) for node in graph.nodes())


def _cover(node: Node, tree: TflmTree, kernels: Kernels) -> LayerCoverage:
    register = method_of(node, tree).register
    reference = tree.definitions[""][register]
    vendor = tree.definitions.get(VENDOR_FOLDERS.get(kernels, "-"), {})
    activation = node.input(0).dtype if node.inputs else None
    types = " → ".join(str(tensor.dtype) for tensor in (*node.inputs[:1], *_outputs(node)[:1]))
    file = vendor.get(register, reference)
    reason = ""
    if kernels in OPTIMIZED:
        optimized = OPTIMIZED[kernels].get(node.op.kind, ())
        if register not in vendor:
            reason = f"{_TITLES[kernels]} has no {node.op.kind} in this tree"
        elif activation not in optimized:
            reason = f"{_TITLES[kernels]} has no {node.op.kind} for {activation}"
        else:
            return LayerCoverage(node.op.index, node.op.kind, types, file, kernels)
    return LayerCoverage(node.op.index, node.op.kind, types, file, "reference", reason)


def coverage_lines(layers: tuple[LayerCoverage, ...], kernels: Kernels) -> Iterator[str]:
    """What a person reads: how many layers the library computes, and which fall back and why."""
    if kernels not in OPTIMIZED:
        return
    fallbacks = [layer for layer in layers if layer.library == "reference"]
    yield f"{_TITLES[kernels]} computes {len(layers) - len(fallbacks)} of {len(layers)} layers"
    for layer in fallbacks:
        yield f"  layer {layer.index} {layer.op} ({layer.types}): reference, {layer.reason}"


# They move or rename bytes; there is nothing to optimise.
_TRIVIAL = frozenset(("RESHAPE", "EXPAND_DIMS", "SQUEEZE", "VAR_HANDLE", "CALL_ONCE", "IF", "WHILE"))


def require_optimized(layers: tuple[LayerCoverage, ...], location: Location) -> None:
    """Raises UserError, at the manifest's line, when a layer that computes falls back to the reference code."""
    fallbacks = [layer for layer in layers if layer.library == "reference" and layer.op not in _TRIVIAL]
    if fallbacks:
        raise UserError(
            f"{len(fallbacks)} of {len(layers)} layers have no optimised kernel",
            location=location,
            details=tuple(f"layer {layer.index} {layer.op} ({layer.types}): {layer.reason}" for layer in fallbacks),
            hint="change these layers, or remove `require_optimized`",
        )
