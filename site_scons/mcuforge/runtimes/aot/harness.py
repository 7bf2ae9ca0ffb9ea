"""The two generated files that are no part of the model: the twin's trace table and the stock app's golden inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from mcuforge.model.graph import DType, Tensor
from mcuforge.runtimes.aot.generate import render
from mcuforge.runtimes.aot.lower import Layer, LoweredModel
from mcuforge.runtimes.aot.symbols import Scope, main_scope
from mcuforge.runtimes.shared.ctext import c_array, c_string
from mcuforge.runtimes.shared.golden import PRINTED_AS, chosen_vectors
from mcuforge.runtimes.shared.render import Settings, shared_context


def trace_source(model: LoweredModel, settings: Settings) -> str:
    """`<name>_trace.c`, as runtime/platform/replay.h asks for it."""
    scope = main_scope(settings.name, model)
    return render(
        "trace.j2",
        {**_shared(scope, model, settings), "layers": [_layer(scope, layer) for layer in model.layers]},
    )


def golden_source(model: LoweredModel, settings: Settings, vectors: list[bytes]) -> str:
    """`<name>_golden.c`, as runtime/platform/golden.h asks for it; the first of `vectors` that fit a small budget."""
    scope = main_scope(settings.name, model)
    chosen, count = chosen_vectors(model.graph, vectors)
    content = c_array(np.frombuffer(chosen, np.uint8))
    return render("golden.j2", {**_shared(scope, model, settings), "golden": content, "n_golden": count})


def _shared(scope: Scope, model: LoweredModel, settings: Settings) -> dict[str, Any]:
    main = model.main
    return {
        **shared_context(settings, model.graph.sha256),
        "reset": f"{settings.name}_reset" if model.has_state else "NULL",
        "inputs": [_view(scope, main.tensors[index], const=False) for index in main.inputs],
        "outputs": [_view(scope, main.tensors[index], const=True) for index in main.outputs],
    }


def _layer(scope: Scope, layer: Layer) -> dict[str, Any]:
    outputs = [layer.node.output(position) for position in range(len(layer.node.op.outputs))]
    return {
        "index": layer.index,
        "op": c_string(layer.node.op.kind),
        "function": scope.layer(layer),
        "outputs": [_view(scope, tensor, const=True) for tensor in outputs if tensor.dtype is not DType.RESOURCE],
    }


def _view(scope: Scope, tensor: Tensor, *, const: bool) -> dict[str, Any]:
    return {
        "tensor": tensor.index,
        "bytes": tensor.size_bytes,
        "elements": tensor.elements,
        "type": PRINTED_AS.get(tensor.dtype, ""),
        "pointer": scope.pointer(tensor, const=const),
    }
