"""Channels that are the same for every input are not computed.

Trained networks are full of them: a channel whose weights and bias leave it below its activation's lower bound for
every input is 0 always. Interval analysis with TFLM's own rounding finds them; what they add to the next layer goes
into its bias. Exact: the outputs of the model are the same bytes. See docs/fidelity.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mcuforge.model.graph import Channels, Graph, Node, Subgraph, Tensor
from mcuforge.transform.channels.ranges import Mask, Ranges, any_value
from mcuforge.transform.channels.rule import Rule
from mcuforge.transform.channels.rules import rule_of


def remove_dead_channels(graph: Graph) -> Graph:
    """The graph with fewer channels where that changes no output; expects one that passed `fold_constants`.

    Operators and tensors keep their numbers. A tensor that lost channels says which of the file's it holds
    (`Tensor.channels`); every tensor keeps at least one.
    """
    return replace(graph, subgraphs=tuple(_narrow(graph, subgraph) for subgraph in graph.subgraphs))


@dataclass(frozen=True)
class _Ruled:
    """An operator that computes at run time and whose channels are understood."""

    node: Node
    rule: Rule

    @property
    def source(self) -> int:
        return self.node.input(0).index

    @property
    def output(self) -> int:
        return self.node.output().index


def _narrow(graph: Graph, subgraph: Subgraph) -> Subgraph:
    ruled = _ruled(graph, subgraph)
    ranges = _ranges(subgraph, ruled)
    kept = _kept(subgraph, ruled, ranges)
    if all(mask.all() for mask in kept.values()):
        return subgraph
    tensors = {index: _narrowed(subgraph.tensors[index], mask) for index, mask in kept.items() if not mask.all()}
    for each in ruled:
        inputs, outputs = (_mask(subgraph, kept, index) for index in (each.source, each.output))
        if not (inputs.all() and outputs.all()):
            tensors.update(each.rule.narrowed(each.node, inputs, outputs, ranges[each.source]))
    return replace(subgraph, tensors=tuple(tensors.get(tensor.index, tensor) for tensor in subgraph.tensors))


def _ruled(graph: Graph, subgraph: Subgraph) -> list[_Ruled]:
    """In order of execution. Without operators whose constants others read too, or compute."""
    readers = Counter(index for op in subgraph.operators for index in op.inputs)
    written = {index for op in subgraph.operators for index in op.outputs}
    found = []
    for op in subgraph.operators:
        node = Node(graph, subgraph, op)
        rule = None if node.is_folded else rule_of(node)
        if rule is None:
            continue
        constants = [op.inputs[position] for position in rule.rewritten if position < len(op.inputs)]
        if all(index is None or (readers[index] == 1 and index not in written) for index in constants):
            found.append(_Ruled(node, rule))
    return found


def _ranges(subgraph: Subgraph, ruled: Sequence[_Ruled]) -> dict[int, Ranges]:
    """Of every tensor that a ruled operator reads or writes."""
    ranges: dict[int, Ranges] = {}
    for each in ruled:
        source = ranges.setdefault(each.source, any_value(subgraph.tensors[each.source]))
        ranges[each.output] = each.rule.ranges(each.node, source)
    return ranges


def _kept(subgraph: Subgraph, ruled: Sequence[_Ruled], ranges: Mapping[int, Ranges]) -> dict[int, Mask]:
    """Which channels of which tensors stay; tensors that are not named keep all."""
    kept = {index: _needed(subgraph, ruled, ranges, index) for index in _narrowable(subgraph, ruled)}
    parallel = [each for each in ruled if not each.rule.is_mixing]
    is_settled = False
    while not is_settled:
        is_settled = True
        for mask in kept.values():
            if not mask.any():
                mask[0], is_settled = True, False
        for each in parallel:
            both = _mask(subgraph, kept, each.source) | _mask(subgraph, kept, each.output)
            for index in (each.source, each.output):
                if index in kept and not np.array_equal(kept[index], both):
                    kept[index], is_settled = both.copy(), False
    return kept


def _narrowable(subgraph: Subgraph, ruled: Sequence[_Ruled]) -> list[int]:
    """Tensors that one ruled operator writes and only ruled ones read, as their input 0."""
    by_place = {each.node.op.index: each for each in ruled}
    outside = {*subgraph.inputs, *subgraph.outputs}
    readers: dict[int, list[tuple[int, int]]] = {}
    writers: Counter[int] = Counter()
    for op in subgraph.operators:
        writers.update(op.outputs)
        for position, index in enumerate(op.inputs):
            if index is not None:
                readers.setdefault(index, []).append((op.index, position))
    return [
        each.output
        for each in ruled
        if each.output not in outside
        and writers[each.output] == 1
        and not subgraph.tensors[each.output].is_state
        and each.output in readers
        and all(place in by_place and position == 0 for place, position in readers[each.output])
    ]


def _needed(subgraph: Subgraph, ruled: Sequence[_Ruled], ranges: Mapping[int, Ranges], index: int) -> Mask:
    """The channels that mixing readers cannot do without. What parallel ones need shows only from their outputs."""
    needed = np.zeros(subgraph.tensors[index].shape[-1], np.bool_)
    for each in ruled:
        if each.source == index and each.rule.is_mixing:
            needed |= each.rule.needs(each.node, ranges[index])
    return needed


def _mask(subgraph: Subgraph, kept: Mapping[int, Mask], index: int) -> Mask:
    return kept[index] if index in kept else np.ones(subgraph.tensors[index].shape[-1], np.bool_)


def _narrowed(tensor: Tensor, kept: Mask) -> Tensor:
    channels = Channels(tuple(int(channel) for channel in np.flatnonzero(kept)), total=len(kept))
    return replace(tensor, shape=(*tensor.shape[:-1], len(channels.kept)), channels=channels)
