"""Whether a subgraph's operators can run in file order: everything is written once, and before it is read."""

from __future__ import annotations

from collections.abc import Callable

from mcuforge.errors import UserError
from mcuforge.model.graph import Operator, Subgraph, Tensor

Fail = Callable[[str], UserError]


def check_dataflow(subgraph: Subgraph, fail: Fail) -> None:
    """Raises what `fail` makes of a message unless each tensor has one source: constant, state, input or operator.

    An operator may read what earlier ones wrote, never what it or a later one writes. Indices are in range already.
    """
    sources = _sources(subgraph, fail)
    for operator in subgraph.operators:
        for index in operator.inputs:
            if index is not None and index not in sources:
                raise fail(f"{_name(operator)} reads {subgraph.tensors[index].describe()} before anything writes it")
        for index in operator.outputs:
            if index in sources and not subgraph.tensors[index].is_state:
                raise fail(f"{_name(operator)} writes {subgraph.tensors[index].describe()}, {sources[index]}")
            sources[index] = f"which {_name(operator)} writes too"
    for index in subgraph.outputs:
        if index not in sources:
            raise fail(f"nothing writes its output {subgraph.tensors[index].describe()}")


def _sources(subgraph: Subgraph, fail: Fail) -> dict[int, str]:
    """What has a value before the first operator runs, and why it must not be written (a clause for messages)."""
    sources = {tensor.index: reason for tensor in subgraph.tensors if (reason := _given(tensor))}
    for index in subgraph.inputs:
        if index in sources:
            raise fail(f"its input {subgraph.tensors[index].describe()} cannot be set, {sources[index]}")
        sources[index] = "which is an input"
    return sources


def _given(tensor: Tensor) -> str | None:
    if tensor.is_constant:
        return "which is constant"
    return "which is a state variable" if tensor.is_state else None


def _name(operator: Operator) -> str:
    return f"layer {operator.index} {operator.kind}"
