"""What the templates print: every value already C text, every decision already made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from mcuforge.model.graph import DType, Tensor
from mcuforge.model.kernel_call import ConstArray, ControlFlow, KernelCall, TensorsArg
from mcuforge.plan.memory import ARENA_ALIGNMENT
from mcuforge.runtimes.aot.control_flow import control_statements
from mcuforge.runtimes.aot.lower import Layer, LoweredModel
from mcuforge.runtimes.aot.symbols import FRAME, Scope, main_scope, scopes, state_symbol
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
    """One generated layer function: arrays of pointers, parameters by field, and its statements, line by line.

    `uses_frame`: whether it names the memory that functions of called subgraphs are handed.
    """

    function: str
    comment: str
    arrays: tuple[PointersView, ...]
    params_type: str | None
    params: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    uses_frame: bool


@dataclass(frozen=True)
class RoutineView:
    """The functions of one subgraph. The main one has no function of its own: invoke() calls its layers."""

    function: str
    comment: str
    is_main: bool
    layers: tuple[LayerView, ...]


@dataclass(frozen=True)
class StateView:
    """Memory that outlives an inference; every byte of it is `fill` at the start."""

    symbol: str
    size_bytes: int
    fill: int
    comment: str


@dataclass(frozen=True)
class ArrayView:
    """One constant array."""

    symbol: str
    ctype: str
    elements: int
    alignment: int
    comment: str
    initializer: str


def ports(name: str, model: LoweredModel) -> tuple[Port, ...]:
    """Inputs, then outputs, in the model's order."""
    scope = main_scope(name, model)

    def pointer(tensor: Tensor, role: str) -> str:
        return scope.pointer(tensor, const=role == "output")

    return ports_of(name, model.main, pointer)


def routines(name: str, model: LoweredModel) -> tuple[RoutineView, ...]:
    """Called subgraphs before those that call them; the main one is the last."""
    return tuple(
        RoutineView(
            function=scope.function,
            comment=comment_text(f"Subgraph {scope.routine.subgraph.index}: {scope.routine.subgraph.name}"),
            is_main=scope.routine.is_main,
            layers=tuple(_layer(scope, layer, model) for layer in scope.routine.layers),
        )
        for scope in scopes(name, model)
    )


def state(name: str, model: LoweredModel) -> tuple[StateView, ...]:
    return tuple(
        StateView(state_symbol(name, position), array.size_bytes, array.fill, comment_text(array.name))
        for position, array in enumerate(model.state.arrays)
    )


def once_flags(name: str, model: LoweredModel) -> tuple[str, ...]:
    return tuple(scope.once(layer) for scope in scopes(name, model) for layer in scope.routine.calls_once)


def _layer(scope: Scope, layer: Layer, model: LoweredModel) -> LayerView:
    if isinstance(layer.call, KernelCall):
        return _kernel_layer(scope, layer, layer.call)
    called = {routine.subgraph.index: routine for routine in model.routines}
    statements = control_statements(scope, layer, layer.call, called)
    return LayerView(
        scope.layer(layer), comment_text(_layer_comment(layer)), (), None, (), statements, _names_frame(statements)
    )


def _kernel_layer(scope: Scope, layer: Layer, call: KernelCall) -> LayerView:
    arguments = [scope.argument(layer, argument) for argument in call.arguments]
    arrays = tuple(_pointers(scope, layer, a) for a in call.arguments if isinstance(a, TensorsArg))
    if call.params_type:
        arguments.insert(0, "&params")
    return LayerView(
        function=scope.layer(layer),
        comment=comment_text(_layer_comment(layer)),
        arrays=arrays,
        params_type=call.params_type,
        params=tuple((field, scope.param(layer, value)) for field, value in call.params.items()),
        statements=(c_call(f"MCUF_FN({call.function})", arguments, indent=2),),
        uses_frame=_names_frame([*arguments, *(pointer for array in arrays for pointer in array.pointers)]),
    )


def _names_frame(texts: Iterable[str]) -> bool:
    return any(re.search(rf"\b{FRAME}\b", text) for text in texts)


def _pointers(scope: Scope, layer: Layer, argument: TensorsArg) -> PointersView:
    tensors = [layer.node.subgraph.tensors[index] for index in argument.tensors]
    return PointersView(
        name=scope.pointers(argument),
        ctype="void *const" if argument.is_output else "const void *const",
        pointers=tuple(scope.pointer(tensor, const=not argument.is_output) for tensor in tensors),
    )


def _layer_comment(layer: Layer) -> str:
    node = layer.node
    outputs = [node.subgraph.tensors[index] for index in node.op.outputs[:1]]
    inputs = [tensor for tensor in node.inputs if tensor.dtype is not DType.RESOURCE][:1]
    shapes = " -> ".join("x".join(map(str, tensor.shape)) or "scalar" for tensor in (*inputs, *outputs))
    types = f" {outputs[0].dtype}" if outputs else ""
    facts = [node.op.kind, f"{shapes}{types}"] if shapes else [node.op.kind]
    if isinstance(layer.call, ControlFlow):
        facts.append(f"runs {_listed(layer.call.subgraphs)}")
    if layer.macs:
        facts.append(f"{layer.macs} MACs")
    if layer.left_out_channels:
        facts.append(f"without {layer.left_out_channels} channels that are the same for every input")
    return f"Layer {layer.index}: {', '.join(facts)}."


def _listed(subgraphs: Sequence[int]) -> str:
    return f"subgraph{'s' if len(subgraphs) > 1 else ''} {' and '.join(map(str, subgraphs))}"


def arrays(name: str, model: LoweredModel) -> tuple[ArrayView, ...]:
    """The model's own constants that are read, then what was computed from them, layer by layer."""
    by_subgraph = {scope.routine.subgraph.index: scope for scope in scopes(name, model)}
    own = (
        _array(
            by_subgraph[routine.subgraph.index].weights(tensor.index),
            tensor.stored(),
            tensor.describe(),
            ARENA_ALIGNMENT,
            c_type(tensor.dtype),
        )
        for routine, tensor in model.stored_constants
    )
    derived = (
        _derived(scope, layer, constant)
        for scope in scopes(name, model)
        for layer, call in scope.routine.kernel_layers
        for constant in _unique(call.constants)
    )
    return (*own, *derived)


def _unique(constants: Iterable[ConstArray]) -> Iterable[ConstArray]:
    """An array that serves twice in one call is one array."""
    return {constant.name: constant for constant in constants}.values()


def _derived(scope: Scope, layer: Layer, array: ConstArray) -> ArrayView:
    alignment = ARENA_ALIGNMENT if array.weights else max(4, array.values.itemsize)
    comment = f"{layer.node.label}: {array.name}"
    return _array(scope.derived(layer, array), array.values, comment, alignment, c_type_of(array.values))


def _array(symbol: str, values: npt.NDArray[Any], comment: str, alignment: int, ctype: str) -> ArrayView:
    return ArrayView(symbol, ctype, values.size, alignment, comment_text(comment), c_array(values))
