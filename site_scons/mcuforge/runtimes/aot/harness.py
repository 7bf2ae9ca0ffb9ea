"""The two generated files that are no part of the model: the twin's trace table and the stock app's golden inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from mcuforge.errors import UserError
from mcuforge.model.graph import DType, Tensor
from mcuforge.runtimes.aot.generate import render
from mcuforge.runtimes.aot.lower import Layer, LoweredModel
from mcuforge.runtimes.aot.symbols import Scope, main_scope
from mcuforge.runtimes.shared.ctext import c_array, c_string
from mcuforge.runtimes.shared.render import Settings, shared_context

_GOLDEN_BYTES = 2048
"""What the stock app may spend on inputs in flash; one vector is always there, however large."""

_PRINTED_AS = {
    DType.INT8: "MCUF_INT8",
    DType.UINT8: "MCUF_UINT8",
    DType.BOOL: "MCUF_UINT8",
    DType.INT16: "MCUF_INT16",
    DType.INT32: "MCUF_INT32",
    DType.FLOAT32: "MCUF_FLOAT32",
}


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
    for index in model.main.outputs:
        if model.main.tensors[index].dtype not in _PRINTED_AS:
            raise UserError(
                f"the stock app cannot print {model.main.tensors[index].describe()}",
                location=model.graph.source,
                hint="give the manifest an app of your own: `app: {sources: [main.c]}`",
            )
    size = max(1, len(vectors[0]))
    chosen = vectors[: max(1, _GOLDEN_BYTES // size)]
    content = np.frombuffer(b"".join(chosen) or b"\0", np.uint8)
    return render("golden.j2", {**_shared(scope, model, settings), "golden": c_array(content), "n_golden": len(chosen)})


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
        "type": _PRINTED_AS.get(tensor.dtype, ""),
        "pointer": scope.pointer(tensor, const=const),
    }
