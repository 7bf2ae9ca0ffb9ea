"""Which subgraphs inference reaches, and in which order: no recursion, no subgraph that does not exist.

A file can say that subgraph 1 calls itself, or that a thousand subgraphs call the next one twice. Nothing here, and
nothing that follows this order, takes longer than the file has operators.
"""

from __future__ import annotations

from collections.abc import Iterator

from mcuforge.errors import UserError
from mcuforge.model.graph import Graph, Node, Subgraph
from mcuforge.model.operator_kind import operator_kind

MAX_CALL_DEPTH = 16
"""Subgraphs that may be active at once: each costs stack on the device."""


def called_subgraph(node: Node, index: int) -> Subgraph:
    """The subgraph an operator names. Raises the node's UserError when there is none."""
    if not 0 <= index < len(node.graph.subgraphs):
        raise node.error(
            f"calls subgraph {index}; the model has {len(node.graph.subgraphs)} subgraphs",
            hint="export the model again",
        )
    return node.graph.subgraphs[index]


def calls_of(graph: Graph, subgraph: int) -> Iterator[tuple[Node, int]]:
    """Each call in a subgraph: the operator, and the index of a subgraph it may run."""
    for node in graph.nodes(subgraph):
        control = operator_kind(node).control(node)
        for index in control.subgraphs if control is not None else ():
            yield node, called_subgraph(node, index).index


def call_order(graph: Graph) -> tuple[int, ...]:
    """The subgraphs that inference can reach, each after those it calls: the main subgraph is the last.

    Raises UserError for recursion, for calls nested deeper than MAX_CALL_DEPTH and for subgraphs that do not exist.
    """
    depths: dict[int, int] = {}  # of subgraphs that are done: how many levels they need, themselves included
    active = [(0, calls_of(graph, 0))]
    open_subgraphs = {0}
    while active:
        current, calls = active[-1]
        call = next(calls, None)
        if call is None:
            depths[current] = 1 + max((depths[callee] for _, callee in calls_of(graph, current)), default=0)
            open_subgraphs.discard(current)
            active.pop()
        elif call[1] in open_subgraphs:
            raise call[0].error("its subgraph calls itself again", hint="recursion does not exist in TensorFlow Lite")
        elif call[1] not in depths:
            open_subgraphs.add(call[1])
            active.append((call[1], calls_of(graph, call[1])))
    if depths[0] > MAX_CALL_DEPTH:
        raise UserError(
            f"the model's subgraphs call each other {depths[0]} levels deep; at most {MAX_CALL_DEPTH} are supported",
            location=graph.source,
            hint="flatten nested conditions and loops in the model",
        )
    return tuple(depths)
