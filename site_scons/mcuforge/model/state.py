"""What a model remembers from one inference to the next: variable tensors, and resource variables with their handles.

Handles are values in TensorFlow Lite; here it is known at build time which variable each of them means, so that a
variable is a named array. TFLM's rules for resource variables (micro_resource_variable.cc): a name means the same
variable in all subgraphs, the first ASSIGN_VARIABLE in file order gives its size and its fill before any assignment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mcuforge.model.calls import called_subgraph
from mcuforge.model.graph import DType, Graph, Node, Tensor
from mcuforge.model.operator_kind import operator_kind

_EXPORT_AGAIN = "export the model again"
# A tensor of the model: subgraph, index.
_Place = tuple[int, int]


@dataclass(frozen=True)
class StateArray:
    """`size_bytes` bytes that outlive an inference; each is `fill` (0 to 255) before the first one."""

    name: str
    size_bytes: int
    fill: int
    is_resource: bool


@dataclass(frozen=True)
class State:
    """`positions` in `arrays` by subgraph and tensor: of variable tensors, and of handles for what they mean."""

    arrays: tuple[StateArray, ...] = ()
    positions: Mapping[int, Mapping[int, int]] = field(default_factory=dict)

    def of_subgraph(self, subgraph: int) -> Mapping[int, int]:
        return self.positions.get(subgraph, {})


def has_state(graph: Graph) -> bool:
    """Whether an inference may depend on those before it. For any graph, checked or not."""
    return any(tensor.is_state for subgraph in graph.subgraphs for tensor in subgraph.tensors) or any(
        operator.kind == "VAR_HANDLE" for subgraph in graph.subgraphs for operator in subgraph.operators
    )


def find_state(graph: Graph, order: tuple[int, ...]) -> State:
    """The state of the subgraphs in `order` (callees first, as `call_order` gives them), in a checked graph.

    Raises UserError, naming the layer, for handles whose variable is not known at build time, for variables that
    nothing assigns, and for values of different sizes in one variable.
    """
    variables = _Variables(graph)
    for subgraph in reversed(order):
        variables.follow_calls(subgraph)
    accesses = [access for subgraph in order for access in _accesses(graph, subgraph)]
    for node, value in accesses:
        variables.check_access(node, value)
    tensors = list(_variable_tensors(graph, order))
    used = sorted({variables.of_handle(node) for node, _ in accesses})
    rank = {variable: len(tensors) + at for at, variable in enumerate(used)}
    positions: dict[int, dict[int, int]] = {}
    for at, ((subgraph, tensor), _) in enumerate(tensors):
        positions.setdefault(subgraph, {})[tensor] = at
    for (subgraph, tensor), variable in variables.meant.items():
        if variable in rank:
            positions.setdefault(subgraph, {})[tensor] = rank[variable]
    return State((*(array for _, array in tensors), *(variables.array(variable) for variable in used)), positions)


def _variable_tensors(graph: Graph, order: tuple[int, ...]) -> Iterator[tuple[_Place, StateArray]]:
    """Those that some operator or output uses, in file order. TFLM resets int8 to the zero point, all others to 0."""
    for index in sorted(order):
        subgraph = graph.subgraphs[index]
        used = {tensor for op in subgraph.operators for tensor in (*op.inputs, *op.outputs)}.union(subgraph.outputs)
        for tensor in subgraph.tensors:
            if tensor.is_state and tensor.index in used:
                fill = _zero_point_byte(tensor) if tensor.dtype is DType.INT8 else 0
                yield (index, tensor.index), StateArray(tensor.describe(), tensor.size_bytes, fill, is_resource=False)


def _accesses(graph: Graph, subgraph: int) -> Iterator[tuple[Node, Tensor]]:
    """READ_VARIABLE and ASSIGN_VARIABLE, each with the tensor that takes or gives the value."""
    for node in graph.nodes(subgraph):
        if node.op.kind == "READ_VARIABLE":
            yield node, node.output()
        elif node.op.kind == "ASSIGN_VARIABLE":
            yield node, node.input(1)


def _zero_point_byte(tensor: Tensor) -> int:
    """TFLM fills by the byte, whatever the element type."""
    return tensor.quantization.zero_points[0] & 0xFF if tensor.quantization is not None else 0


class _Variables:
    """Resource variables by number, in the order in which the file first names them.

    `meant` says which one a handle means. Handles enter called subgraphs from outside: see `follow_calls`.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._names: list[tuple[str, str]] = []
        self._by_name: dict[tuple[str, str], int] = {}
        self._values: dict[int, Tensor] = {}
        self.meant: dict[_Place, int] = {}
        for subgraph in range(len(graph.subgraphs)):
            for node in graph.nodes(subgraph):
                if node.op.kind == "VAR_HANDLE":
                    self.meant[subgraph, node.op.outputs[0]] = self._number(node)
        for subgraph in range(len(graph.subgraphs)):
            for node, value in _accesses(graph, subgraph):
                variable = self.meant.get((subgraph, node.input(0).index))
                if variable is not None and node.op.kind == "ASSIGN_VARIABLE":
                    self._values.setdefault(variable, value)

    def _number(self, node: Node) -> int:
        """A handle without a container means the first variable of its name, whatever that one's container."""
        container, name = node.options.container, node.options.shared_name
        known = self._by_name.get((container, name))
        if known is None:
            known = len(self._names)
            self._names.append((container, name))
            self._by_name[container, name] = known
            self._by_name.setdefault(("", name), known)
        return known

    def follow_calls(self, subgraph: int) -> None:
        """Hands the handles of a subgraph on to those it calls. Callers come before their callees."""
        for node in self._graph.nodes(subgraph):
            control = operator_kind(node).control(node)
            if control is None:
                continue
            for index in control.subgraphs:
                inputs = called_subgraph(node, index).inputs
                for mine, theirs in zip(node.op.inputs[control.operands :], inputs, strict=True):
                    self._hand_over(node, (subgraph, mine), (index, theirs))
            if control.form == "while":
                # Each handle that leaves the loop is the one that entered it in its place.
                for mine, result in zip(node.op.inputs, node.op.outputs, strict=True):
                    self._hand_over(node, (subgraph, mine), (subgraph, result))

    def _hand_over(self, node: Node, source: tuple[int, int | None], target: _Place) -> None:
        if self._graph.subgraphs[target[0]].tensors[target[1]].dtype is not DType.RESOURCE or source[1] is None:
            return
        variable = self.meant.get((source[0], source[1]))
        if variable is None:
            raise node.error("hands over a variable that is not known at build time", hint=_EXPORT_AGAIN)
        if self.meant.setdefault(target, variable) != variable:
            raise node.error(
                f"hands another variable to subgraph {target[0]} than an earlier call",
                hint="give each variable a subgraph of its own",
            )

    def of_handle(self, node: Node) -> int:
        return self.meant[node.subgraph.index, node.input(0).index]

    def check_access(self, node: Node, value: Tensor) -> None:
        """Raises UserError unless the variable is known, assigned somewhere, and of this value's type and size."""
        if (node.subgraph.index, node.input(0).index) not in self.meant:
            raise node.error(f"{node.input(0).describe()}: no VAR_HANDLE says which variable it is", hint=_EXPORT_AGAIN)
        assigned = self._values.get(self.of_handle(node))
        if assigned is None:
            name = self._names[self.of_handle(node)][1]
            raise node.error(f"nothing assigns the variable `{name}`: it has no size", hint=_EXPORT_AGAIN)
        if (assigned.dtype, assigned.size_bytes) != (value.dtype, value.size_bytes):
            raise node.error(
                f"{value.describe()} does not fit its variable, which holds {assigned.describe()}", hint=_EXPORT_AGAIN
            )

    def array(self, variable: int) -> StateArray:
        value = self._values[variable]
        shape = "×".join(map(str, value.shape)) or "scalar"
        name = f"variable `{self._names[variable][1]}` ({shape} {value.dtype})"
        return StateArray(name, value.size_bytes, _zero_point_byte(value), is_resource=True)
