"""Which buffers exist at run time, and from which operator to which.

Tensors that share their bytes (`storage`) are one buffer. Constants and state live outside the arena.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mcuforge.model.graph import Node, Subgraph
from mcuforge.model.operator_kind import operator_kind
from mcuforge.plan.storage import Storage


@dataclass(frozen=True)
class Buffer:
    """Bytes live from operator `first_use` to operator `last_use`, both included; scratch has no tensors.

    `onto` says what may overlap: {other buffer's position in the list: bytes}. This buffer's last bytes may lie on
    the other's first ones, because the operator that writes this one reads the other for the last time.
    """

    tensors: tuple[int, ...]
    size: int
    first_use: int
    last_use: int
    onto: Mapping[int, int] = field(default_factory=dict)

    def meets(self, other: Buffer) -> bool:
        return self.first_use <= other.last_use and other.first_use <= self.last_use


def find_buffers(
    subgraph: Subgraph, nodes: tuple[Node, ...], storage: Storage, scratch_bytes: Mapping[int, int]
) -> tuple[Buffer, ...]:
    """The buffers of one subgraph; `scratch_bytes` by operator index. Graph inputs are live from the start.

    Operators whose outputs are constants are done: what they read need not live for them.
    """
    nodes = tuple(node for node in nodes if not node.is_folded)
    root = storage.roots
    spans = _spans(subgraph, nodes, root)
    groups: dict[int, list[int]] = {owner: [] for owner in spans}
    for tensor, owner in sorted(root.items()):
        if owner in groups:
            groups[owner].append(tensor)
    owners = sorted(groups)
    position = {owner: at for at, owner in enumerate(owners)}
    onto: dict[int, dict[int, int]] = {owner: {} for owner in owners}
    kept = {root[tensor] for tensor in subgraph.outputs if tensor in root}
    for node in nodes:
        for owner, other, count in _overlaps(node, root, spans, kept):
            onto[owner][position[other]] = count
    buffers = [
        Buffer(
            tensors=tuple(groups[owner]),
            size=max(subgraph.tensors[tensor].size_bytes for tensor in groups[owner]),
            first_use=spans[owner][0],
            last_use=spans[owner][1],
            onto=onto[owner],
        )
        for owner in owners
    ]
    buffers += [Buffer((), size, at, at) for at, size in sorted(scratch_bytes.items()) if size]
    return tuple(buffers)


def _spans(subgraph: Subgraph, nodes: tuple[Node, ...], root: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """(first, last) operator index by representative, for every tensor that is used at all."""
    spans: dict[int, tuple[int, int]] = {}

    def touch(tensor: int | None, at: int) -> None:
        if tensor is not None and tensor in root:
            owner = root[tensor]
            first, last = spans.get(owner, (at, at))
            spans[owner] = (min(first, at), max(last, at))

    for tensor in subgraph.inputs:
        touch(tensor, 0)
    for node in nodes:
        for index in (*node.op.inputs, *node.op.outputs):
            touch(index, node.op.index)
    for tensor in subgraph.outputs:
        touch(tensor, max(0, len(subgraph.operators) - 1))
    return spans


def _overlaps(
    node: Node, root: Mapping[int, int], spans: Mapping[int, tuple[int, int]], kept: Collection[int]
) -> list[tuple[int, int, int]]:
    """(output owner, input owner, bytes) for each input that this node reads for the last time.

    Those in `kept` are the subgraph's outputs: they are read once more when its last operator has run.
    """
    written = root.get(node.op.outputs[0]) if node.op.outputs else None
    if written is None or spans[written][0] != node.op.index:
        return []
    shared: dict[int, int] = {}
    allowed = operator_kind(node).overlap(node)
    for place, source in enumerate(node.op.inputs):
        owner = root.get(source) if source is not None else None
        if owner is not None and owner != written and owner not in kept and spans[owner][1] == node.op.index:
            # Inputs may share a buffer, whole or as aliases: then what all of them bear is what the buffer bears.
            shared[owner] = min(shared.get(owner, allowed.get(place, 0)), allowed.get(place, 0))
    return [(written, owner, count) for owner, count in shared.items() if count > 0]
