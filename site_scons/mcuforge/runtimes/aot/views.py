"""What the templates print: every value already C text, every decision already made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from mcuforge.model.graph import Tensor
from mcuforge.model.kernel_call import ConstArray, TensorsArg
from mcuforge.plan.memory import ARENA_ALIGNMENT
from mcuforge.runtimes.aot.lower import Layer
from mcuforge.runtimes.aot.symbols import Symbols
from mcuforge.runtimes.shared.ctext import c_array, c_call, c_type, c_type_of, comment_text
from mcuforge.runtimes.shared.ports import Port, ports_of


@dataclass(frozen=True)
class PointersView:
    """An array of pointers to tensors, local to a layer function."""

    name: str
    ctype: str
    pointers: tuple[str, ...]


@dataclass(frozen=True)
class LayerView:
    """One generated layer function: arrays of pointers, parameters by field, and the call of its kernel."""

    function: str
    comment: str
    arrays: tuple[PointersView, ...]
    params_type: str | None
    params: tuple[tuple[str, str], ...]
    call: str


@dataclass(frozen=True)
class ArrayView:
    """One constant array."""

    symbol: str
    ctype: str
    elements: int
    alignment: int
    comment: str
    initializer: str


def ports(symbols: Symbols) -> tuple[Port, ...]:
    """Inputs, then outputs, in the model's order."""

    def pointer(tensor: Tensor, role: str) -> str:
        return symbols.pointer(tensor, const=role == "output")

    return ports_of(symbols.name, symbols.model.main, pointer)


def layers(symbols: Symbols) -> tuple[LayerView, ...]:
    return tuple(_layer(symbols, layer) for layer in symbols.model.layers)


def _layer(symbols: Symbols, layer: Layer) -> LayerView:
    arguments = [symbols.argument(layer, argument) for argument in layer.call.arguments]
    if layer.call.params_type:
        arguments.insert(0, "&params")
    return LayerView(
        function=symbols.layer(layer),
        comment=comment_text(_layer_comment(layer)),
        arrays=tuple(_pointers(symbols, layer, a) for a in layer.call.arguments if isinstance(a, TensorsArg)),
        params_type=layer.call.params_type,
        params=tuple((field, symbols.param(layer, value)) for field, value in layer.call.params.items()),
        call=c_call(f"MCUF_FN({layer.call.function})", arguments, indent=2),
    )


def _pointers(symbols: Symbols, layer: Layer, argument: TensorsArg) -> PointersView:
    tensors = [layer.node.subgraph.tensors[index] for index in argument.tensors]
    return PointersView(
        name=symbols.pointers(argument),
        ctype="void *const" if argument.is_output else "const void *const",
        pointers=tuple(symbols.pointer(tensor, const=not argument.is_output) for tensor in tensors),
    )


def _layer_comment(layer: Layer) -> str:
    node = layer.node
    shapes = " -> ".join("x".join(map(str, t.shape)) or "scalar" for t in (*node.inputs[:1], node.output()))
    work = f", {layer.macs} MACs" if layer.macs else ""
    return f"Layer {layer.index}: {node.op.kind}, {shapes} {node.output().dtype}{work}."


def arrays(symbols: Symbols) -> tuple[ArrayView, ...]:
    """The model's own constants that are read, then what was computed from them, layer by layer."""
    own = (
        _array(symbols.weights(t.index), t.stored(), t.describe(), ARENA_ALIGNMENT, c_type(t.dtype))
        for t in symbols.model.constant_tensors
    )
    derived = (_derived(symbols, layer, c) for layer in symbols.model.layers for c in _unique(layer.call.constants))
    return (*own, *derived)


def _unique(constants: Iterable[ConstArray]) -> Iterable[ConstArray]:
    """An array that serves twice in one call is one array."""
    return {constant.name: constant for constant in constants}.values()


def _derived(symbols: Symbols, layer: Layer, array: ConstArray) -> ArrayView:
    alignment = ARENA_ALIGNMENT if array.weights else max(4, array.values.itemsize)
    comment = f"{layer.node.label}: {array.name}"
    return _array(symbols.derived(layer, array), array.values, comment, alignment, c_type_of(array.values))


def _array(symbol: str, values: npt.NDArray[Any], comment: str, alignment: int, ctype: str) -> ArrayView:
    return ArrayView(symbol, ctype, values.size, alignment, comment_text(comment), c_array(values))
