"""Whether a subgraph's operators can run in file order: everything is written once, and before it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mcuforge.errors import UserError
from mcuforge.model.flatbuffer import shorten
from mcuforge.model.graph import Operator, Subgraph

Fail = Callable[[str], UserError]
# Where a tensor's value comes from: the operator that writes it, or words for "which …".
Source = Operator | str


def check_dataflow(subgraph: Subgraph, fail: Fail) -> None:
    """Raises what `fail` makes of a message unless each tensor has one source: constant, state, input or operator.

    An operator may read what earlier ones wrote, never what it or a later one writes. Indices are in range already.
    """
    sources = _sources(subgraph, fail)
    for operator in subgraph.operators:
        for index in operator.inputs:
            if index is not None and index not in sources:
                raise fail(f"{_name(operator)} reads {_tensor(subgraph, index)} before anything writes it")
        for index in operator.outputs:
            if index in sources and not subgraph.tensors[index].is_state:
                raise fail(f"{_name(operator)} writes {_tensor(subgraph, index)}, which {_reason(sources[index])}")
            sources[index] = operator
    for index in subgraph.outputs:
        if index not in sources:
            raise fail(f"nothing writes its output {_tensor(subgraph, index)}")
        if not subgraph.tensors[index].elements:
            raise fail(f"its output {_tensor(subgraph, index)} has no elements")


def _sources(subgraph: Subgraph, fail: Fail) -> dict[int, Source]:
    """The tensors that have a value before the first operator runs."""
    sources: dict[int, Source] = {}
    for tensor in subgraph.tensors:
        if tensor.is_constant and not tensor.elements:
            sources[tensor.index] = "has no elements"
        elif tensor.is_constant:
            sources[tensor.index] = "is constant"
        elif tensor.is_state:
            sources[tensor.index] = "is a state variable"
    for index in subgraph.inputs:
        if index in sources:
            raise fail(f"its input {_tensor(subgraph, index)} cannot be set from outside: it {_reason(sources[index])}")
        sources[index] = "is an input"
    return sources


def _reason(source: Source) -> str:
    return source if isinstance(source, str) else f"{_name(source)} writes too"


def _name(operator: Operator) -> str:
    return f"layer {operator.index} {shorten(operator.kind)}"


def _tensor(subgraph: Subgraph, index: int) -> str:
    tensor = subgraph.tensors[index]
    return replace(tensor, name=shorten(tensor.name)).describe()
