"""How tensors, constants and functions are called in the generated C."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Tensor
from mcuforge.model.kernel_call import Argument, ConstArray, NullArg, ParamValue, ScratchArg, TensorArg, TensorsArg
from mcuforge.runtimes.aot.lower import Layer, LoweredModel, Routine
from mcuforge.runtimes.shared.ctext import c_float, c_int, c_type

FRAME = "frame"
"""The parameter by which the functions of a called subgraph get their memory."""


@dataclass(frozen=True)
class Scope:
    """Names and pointer expressions of one subgraph. Its memory begins `offset` bytes after the C expression `base`."""

    model: LoweredModel = field(repr=False)
    name: str
    routine: Routine
    base: str
    offset: int = 0

    @property
    def function(self) -> str:
        return f"{self.name}_subgraph_{self.routine.subgraph.index}"

    @property
    def _mark(self) -> str:
        return _mark(self.routine.subgraph.index)

    def layer(self, layer: Layer) -> str:
        return f"{self.name}_layer_{self._mark}{layer.index}"

    def once(self, layer: Layer) -> str:
        """The flag that a layer has run since the start: state like any other."""
        return f"{self.name}_state_once_{self._mark}{layer.index}"

    def weights(self, tensor: int) -> str:
        """The array that holds a constant; those with the same bytes share one."""
        subgraph, owner = self.model.constant_owners[self.routine.subgraph.index, tensor]
        return f"{self.name}_weights_{_mark(subgraph)}{owner}"

    def derived(self, layer: Layer, array: ConstArray) -> str:
        kind = "weights" if array.weights else "quant"
        return f"{self.name}_{kind}_{self._mark}{layer.index}_{array.name}"

    def at(self, offset: int) -> str:
        """The C expression, of type `uint8_t *`, for a place in this subgraph's memory."""
        total = self.offset + offset
        return f"{self.base} + {total}" if total else self.base

    def address(self, tensor: Tensor) -> str:
        """Where a tensor's bytes are, as a pointer or array of whatever type."""
        if tensor.is_constant:
            return self.weights(tensor.index)
        position = self.routine.storage.state.get(tensor.index)
        if position is not None:
            return state_symbol(self.name, position)
        allocation = self.routine.plan.of_tensor(tensor.index)
        if allocation is None:
            raise InternalError(f"{tensor.describe()} has no memory")
        return self.at(allocation.offset)

    def pointer(self, tensor: Tensor, *, const: bool) -> str:
        """A C expression of type pointer to the tensor's elements. A handle points to its variable's bytes."""
        address = self.address(tensor)
        if tensor.is_constant or tensor.dtype is DType.RESOURCE:
            return address
        # Through void *: all memory is aligned, which -Wcast-align cannot know.
        return f"({'const ' if const else ''}{c_type(tensor.dtype)} *)(void *)({address})"

    def argument(self, layer: Layer, argument: Argument) -> str:
        match argument:
            case TensorArg(tensor=index):
                tensor = layer.node.subgraph.tensors[index]
                # Some operators (SVDF) update their state inputs.
                return self.pointer(tensor, const=index not in layer.node.op.outputs and not tensor.is_state)
            case TensorsArg():
                return self.pointers(argument)
            case ConstArray():
                return self.derived(layer, argument)
            case NullArg():
                return "NULL"
            case ScratchArg():
                return f"(void *)({self.scratch(layer)})"

    def scratch(self, layer: Layer) -> str:
        scratch = self.routine.plan.scratch_of(layer.index)
        if scratch is None:
            raise InternalError(f"{layer.node.label} has no scratch memory")
        return self.at(scratch.offset)

    def pointers(self, argument: TensorsArg) -> str:
        """The name, local to the layer's function, of the array that holds the pointers."""
        return "outputs" if argument.is_output else "inputs"

    def param(self, layer: Layer, value: ParamValue) -> str:
        match value:
            case None:
                return "NULL"
            case ConstArray():
                return self.derived(layer, value)
            case tuple():
                return "{" + ", ".join(map(c_int, value)) + "}"
            case bool() | int():
                return c_int(int(value))
            case float():
                return c_float(value)

    def callee(self, layer: Layer, routine: Routine) -> Scope:
        """The scope of a subgraph as the layer that runs it sees it: its memory is the layer's scratch memory."""
        scratch = self.routine.plan.scratch_of(layer.index)
        if scratch is None:
            return Scope(self.model, self.name, routine, "NULL")
        return Scope(self.model, self.name, routine, self.base, self.offset + scratch.offset)


def main_scope(name: str, model: LoweredModel) -> Scope:
    return Scope(model, name, model.main_routine, f"{name}_arena")


def scopes(name: str, model: LoweredModel) -> Iterator[Scope]:
    """Each subgraph's own scope, those of called ones before those that call them."""
    for routine in model.routines:
        yield main_scope(name, model) if routine.is_main else Scope(model, name, routine, FRAME)


def state_symbol(name: str, position: int) -> str:
    return f"{name}_state_{position}"


def _mark(subgraph: int) -> str:
    """What tells a subgraph's symbols from those of the main one."""
    return f"{subgraph}_" if subgraph else ""
