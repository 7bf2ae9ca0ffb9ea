"""The gate of the aot runtime: a graph that came through it can be planned and generated without failing."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.errors import UserError
from mcuforge.model.calls import call_order
from mcuforge.model.graph import DType, Graph
from mcuforge.model.state import State, find_state
from mcuforge.transform.constants import fold_constants
from mcuforge.transform.dead_channels import remove_dead_channels
from mcuforge.transform.float16 import keep_float16

MAX_OPERATORS = 4096
"""What every later step is fast for; the largest models for microcontrollers have a few hundred."""

_TYPES_WITHOUT_C = (DType.FLOAT16, DType.FLOAT64, DType.INT4, DType.RESOURCE)


@dataclass(frozen=True)
class PreparedModel:
    """`graph` is checked and folded; `order` holds the subgraphs to generate, each after those it calls."""

    graph: Graph
    order: tuple[int, ...]
    state: State


def prepare(graph: Graph) -> PreparedModel:
    """Raises UserError, naming the layer, when the aot runtime cannot run the model exactly."""
    operators = sum(len(subgraph.operators) for subgraph in graph.subgraphs)
    if operators > MAX_OPERATORS:
        raise UserError(
            f"the model has {operators} operators; at most {MAX_OPERATORS} are supported",
            location=graph.source,
            hint="no microcontroller runs a model this large; fuse or remove layers",
        )
    order = call_order(graph)
    folded = fold_constants(keep_float16(graph))
    _check_ports(folded)
    return PreparedModel(remove_dead_channels(folded), order, find_state(folded, order))


def _check_ports(graph: Graph) -> None:
    for role, indices in (("input", graph.main.inputs), ("output", graph.main.outputs)):
        for index in indices:
            tensor = graph.main.tensors[index]
            if tensor.dtype in _TYPES_WITHOUT_C:
                raise UserError(
                    f"an {role} of type {tensor.dtype} is not supported: {tensor.describe()}",
                    location=graph.source,
                    hint="convert the model with inputs and outputs of an integer type or float32",
                )
