"""What an operator file hands to the code generator: one static call with constant parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy.typing as npt

from mcuforge.errors import InternalError


@dataclass(frozen=True, eq=False)
class ConstArray:
    """A `static const` array computed at build time. `name` is unique within the operator (`multiplier`, `bias`).

    The C element type follows the numpy dtype; values are printed flat, in C order.
    `weights` marks what counts as the model's weights in reports (as opposed to quantization constants).
    """

    name: str
    values: npt.NDArray[Any]
    weights: bool = False


@dataclass(frozen=True)
class TensorArg:
    """A pointer to a tensor of the graph: arena, state or constant data, wherever it lives."""

    tensor: int


@dataclass(frozen=True)
class TensorsArg:
    """An array of pointers to tensors, for operators with any number of inputs or of outputs (`is_output`).

    The kernel's argument is a `const void *const *`, or a `void *const *` for outputs.
    """

    tensors: tuple[int, ...]
    is_output: bool = False


@dataclass(frozen=True)
class ScratchArg:
    """A pointer to `scratch_bytes` of working memory in the arena, alive during this call only."""


@dataclass(frozen=True)
class NullArg:
    """A literal NULL: an absent optional input."""


Argument = TensorArg | TensorsArg | ConstArray | ScratchArg | NullArg
ParamValue = int | float | tuple[int, ...] | ConstArray | None


@dataclass(frozen=True)
class KernelCall:
    """`<prefix>_<function>(&params, arguments…)`.

    function     name without prefix: `conv_2d_s8`
    header       below runtime/include: `mcuforge/conv_2d.h`; declares the function and its params struct
    sources      below runtime/: `kernels/portable/conv_2d_s8.c`; included once in the model's kernels file
    params_type  C struct, e.g. `mcuf_conv_2d_params`; None when the function takes no params
    params       every field of that struct; ints and floats print as literals, tuples as brace lists,
                 ConstArray as a pointer to an emitted array, None as NULL
    arguments    the pointers after the params, in order
    """

    function: str
    header: str
    sources: tuple[str, ...]
    params_type: str | None = None
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    arguments: tuple[Argument, ...] = ()
    scratch_bytes: int = 0
    variant: Literal["portable", "arm_dsp", "arm_mve", "riscv"] = "portable"

    def __post_init__(self) -> None:
        uses_scratch = any(isinstance(argument, ScratchArg) for argument in self.arguments)
        if uses_scratch != (self.scratch_bytes > 0):
            raise InternalError(f"{self.function}: scratch argument and scratch size must come together")

    @property
    def tensors(self) -> tuple[int, ...]:
        """All tensors this call is handed, in the order of its arguments."""
        tensors: list[int] = []
        for argument in self.arguments:
            if isinstance(argument, TensorArg):
                tensors.append(argument.tensor)
            elif isinstance(argument, TensorsArg):
                tensors.extend(argument.tensors)
        return tuple(tensors)

    @property
    def constants(self) -> tuple[ConstArray, ...]:
        """All arrays this call needs emitted, params first."""
        in_params = tuple(value for value in self.params.values() if isinstance(value, ConstArray))
        return in_params + tuple(argument for argument in self.arguments if isinstance(argument, ConstArray))


@dataclass(frozen=True)
class ControlFlow:
    """An operator that runs other subgraphs instead of a kernel: the code generator writes its body.

    form       what decides: `if` runs one of (then, else) by input 0, `while` runs (condition, body) until the
               condition is false, `once` runs its subgraph at the first inference only
    subgraphs  their indices, in that order
    operands   position of the first input that is handed to them
    """

    form: Literal["if", "while", "once"]
    subgraphs: tuple[int, ...]
    operands: int = 0
