"""Which operators the generated resolver holds, and with which registrations: the union of all models of an image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mcuforge.manifest.types import Kernels
from mcuforge.model.graph import DType, Graph, Node
from mcuforge.runtimes.tflm.support import VENDOR_FOLDERS, method_of, nodes_of
from mcuforge.runtimes.tflm.tree import AddMethod, TflmTree

_SUFFIXES = {DType.INT8: "INT8", DType.INT16: "INT16"}


@dataclass(frozen=True)
class ResolverEntry:
    """One call of an `Add…` method; `registration` is the specialised function handed to it, or None."""

    method: str
    operator: str
    registration: str | None
    header: str | None


def resolver_entries(graphs: Sequence[Graph], tree: TflmTree, kernels: Kernels) -> tuple[ResolverEntry, ...]:
    """Each operator once, by method name. A model without operators still needs a resolver of one place."""
    uses: dict[str, list[Node]] = defaultdict(list)
    methods: dict[str, AddMethod] = {}
    for node in (node for graph in graphs for node in nodes_of(graph)):
        method = method_of(node, tree)
        methods[method.name] = method
        uses[method.name].append(node)
    return tuple(_entry(methods[name], uses[name], tree, kernels) for name in sorted(methods))


def _entry(method: AddMethod, nodes: Iterable[Node], tree: TflmTree, kernels: Kernels) -> ResolverEntry:
    specialised = _specialised(method, nodes, tree, kernels)
    header = tree.declared[specialised] if specialised else None
    return ResolverEntry(method.name, method.operator, specialised, header)


def _specialised(method: AddMethod, nodes: Iterable[Node], tree: TflmTree, kernels: Kernels) -> str | None:
    """The registration for one type only, when all nodes agree on it and the tree's kernel library defines it.

    It leaves the code for the other types out of the image. Reference kernels have none of their own: there the
    names are only other names of the general registration.
    """
    if not method.takes_registration:
        return None
    suffixes = {_suffix(node) for node in nodes}
    if len(suffixes) != 1:
        return None
    name = f"{method.register}_{suffixes.pop()}"
    defined = tree.definitions.get(VENDOR_FOLDERS.get(kernels, "-"), {})
    return name if name in defined and name in tree.declared else None


def _suffix(node: Node) -> str:
    """`INT8`, `INT16`, `INT4` (weights), `INT8_INT16` (input and output), or nothing that any header declares."""
    activation, output = node.input(0).dtype, node.output(0).dtype
    weights = node.optional_input(1)
    if weights is not None and weights.dtype is DType.INT4:
        return "INT4"
    own = _SUFFIXES.get(activation, "")
    return own if output == activation else f"{own}_{_SUFFIXES.get(output, '')}"
