"""How tensors and constants are called in the generated C."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Tensor
from mcuforge.model.kernel_call import Argument, ConstArray, NullArg, ParamValue, ScratchArg, TensorArg, TensorsArg
from mcuforge.plan.memory import MemoryPlan
from mcuforge.runtimes.aot.lower import Layer, LoweredModel
from mcuforge.runtimes.shared.ctext import c_float, c_int, c_type


@dataclass(frozen=True)
class Symbols:
    """Names and pointer expressions of one model, all prefixed with its name."""

    name: str
    model: LoweredModel

    @property
    def plan(self) -> MemoryPlan:
        return self.model.plan

    def layer(self, layer: Layer) -> str:
        return f"{self.name}_layer_{layer.index}"

    def weights(self, tensor: int) -> str:
        return f"{self.name}_weights_{tensor}"

    def derived(self, layer: Layer, array: ConstArray) -> str:
        kind = "weights" if array.weights else "quant"
        return f"{self.name}_{kind}_{layer.index}_{array.name}"

    def pointer(self, tensor: Tensor, *, const: bool) -> str:
        """A C expression of type pointer to the tensor's elements."""
        if tensor.is_constant:
            return self.weights(tensor.index)
        allocation = self.plan.of_tensor(tensor.index)
        if allocation is None:
            raise InternalError(f"{tensor.describe()} has no memory")
        return self._arena_pointer(tensor.dtype, allocation.offset, const=const)

    def _arena_pointer(self, dtype: DType, offset: int, *, const: bool) -> str:
        place = f"{self.name}_arena + {offset}" if offset else f"{self.name}_arena"
        # Through void *: every allocation is aligned, which -Wcast-align cannot know.
        return f"({'const ' if const else ''}{c_type(dtype)} *)(void *)({place})"

    def argument(self, layer: Layer, argument: Argument) -> str:
        match argument:
            case TensorArg(tensor=index):
                tensor = layer.node.subgraph.tensors[index]
                return self.pointer(tensor, const=index not in layer.node.op.outputs)
            case TensorsArg():
                return self.pointers(argument)
            case ConstArray():
                return self.derived(layer, argument)
            case NullArg():
                return "NULL"
            case ScratchArg():
                scratch = self.plan.scratch_of(layer.index)
                if scratch is None:
                    raise InternalError(f"{layer.node.label} has no scratch memory")
                return f"(void *)({self.name}_arena + {scratch.offset})"

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
