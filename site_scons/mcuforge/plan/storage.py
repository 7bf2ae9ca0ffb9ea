"""Whose bytes each run-time tensor is: memory of its own in the arena, that of another tensor, or a state array.

An alias (RESHAPE, READ_VARIABLE) shares its input's bytes. Where the input is state that an operator may assign before
the alias is last used, the alias becomes a copy; so does one that is an output of the model, which the application
reads between inferences.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field

from mcuforge.model.graph import DType, Node, Subgraph
from mcuforge.model.operator_kind import operator_kind


@dataclass(frozen=True)
class Storage:
    """`roots`: for a tensor in the arena the tensor whose buffer it shares (itself, as a rule). `state`: for one in
    state the position of its array. `copies`: operators that are aliases by kind, and yet copy."""

    roots: Mapping[int, int] = field(default_factory=dict)
    state: Mapping[int, int] = field(default_factory=dict)
    copies: frozenset[int] = frozenset()

    def alias(self, node: Node) -> int | None:
        """The input position whose bytes the output really is."""
        return None if node.op.index in self.copies else operator_kind(node).alias(node)

    def computes(self, node: Node) -> bool:
        """Whether a node needs code: its outputs are neither constant nor merely another name for something."""
        return not node.is_folded and not operator_kind(node).is_declaration and self.alias(node) is None


def find_storage(subgraph: Subgraph, nodes: tuple[Node, ...], state: Mapping[int, int]) -> Storage:
    """`state` gives the array of each variable tensor and handle; `nodes` are the subgraph's, in order."""
    last_uses = _last_uses(subgraph, nodes)
    writes = _Writes(nodes, state)
    roots = {
        tensor.index: tensor.index
        for tensor in subgraph.tensors
        if not tensor.is_constant and tensor.index not in state and tensor.dtype is not DType.RESOURCE
    }
    places = dict(state)
    copies = set()
    for node in nodes:
        source = None if node.is_folded else operator_kind(node).alias(node)
        if source is None:
            continue
        taken, made = node.input(source).index, node.output().index
        if taken in places:
            if made in state or writes.any_between(places[taken], node.op.index, last_uses[made]):
                copies.add(node.op.index)
            else:
                places[made] = places[taken]
                roots.pop(made, None)
        elif made in state:
            copies.add(node.op.index)
        else:
            roots[made] = roots[taken]
    return Storage(roots, places, frozenset(copies))


def _last_uses(subgraph: Subgraph, nodes: tuple[Node, ...]) -> dict[int, int]:
    """The last operator that uses a tensor, itself or through its aliases."""
    # A called subgraph's outputs are copied when its last operator has run, the model's are read at any later time.
    end = len(nodes) if subgraph.index == 0 else max(0, len(nodes) - 1)
    last = dict.fromkeys(subgraph.outputs, end)

    def use(tensor: int | None, at: int) -> None:
        if tensor is not None:
            last[tensor] = max(last.get(tensor, at), at)

    for node in reversed(nodes):
        source = operator_kind(node).alias(node)
        for tensor in (*node.op.outputs, *node.op.inputs):
            use(tensor, node.op.index)
        if source is not None:
            use(node.op.inputs[source], last[node.op.outputs[0]])
    return last


class _Writes:
    """When state may be written: by every operator that takes it other than as an alias, and by every call."""

    def __init__(self, nodes: tuple[Node, ...], state: Mapping[int, int]) -> None:
        self._by_array: dict[int, list[int]] = {}
        self._calls = [node.op.index for node in nodes if operator_kind(node).control(node) is not None]
        self._calls.append(len(nodes))  # the next inference
        for node in nodes:
            source = operator_kind(node).alias(node)
            read = None if source is None else node.op.inputs[source]
            for index in (*node.op.inputs, *node.op.outputs):
                array = None if index is None or index == read else state.get(index)
                if array is not None and not operator_kind(node).is_declaration:
                    self._by_array.setdefault(array, []).append(node.op.index)

    def any_between(self, array: int, after: int, until: int) -> bool:
        """Whether an operator later than `after`, up to and including `until`, may write the array."""
        return any(
            at < len(operators) and operators[at] <= until
            for operators in (self._by_array.get(array, []), self._calls)
            for at in (bisect.bisect_right(operators, after),)
        )
