"""The questions every operator file answers, and how the files are found.

To add an operator: one file in model/ops with a class decorated `@register`, one C kernel, one test.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy.typing as npt

from mcuforge.errors import InternalError
from mcuforge.model import ops
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ControlFlow, KernelCall

NO_OPTIONS = 0


def option(slot: int, kind: str, default: Any = 0) -> Any:
    """A field of an options dataclass: its slot in the .tflite options table, its wire type and its default there.

    kind: bool, int8, uint8, int32, uint32, int64, float32, string, or a vector of one of them such as `[int32]`.
    Enumerations are `int8` on the wire; give the dataclass field an IntEnum annotation and `enum=` through the default:
    the reader converts to the type of the default, and refuses values the enum does not have.
    """
    return field(default=default, metadata={"slot": slot, "kind": kind})


@dataclass(frozen=True)
class TflmSupport:
    """How TFLM's MicroMutableOpResolver adds the operator, and its specialised registrations by activation type."""

    add_method: str
    registrations: dict[DType, str] = field(default_factory=dict)


class OperatorKind:
    """One operator of TFLite. Subclasses are stateless; one instance each lives in the registry.

    name, code             TFLite's BuiltinOperator name and number
    options, options_type  the options dataclass (fields made with `option`) and its number in the BuiltinOptions union
    tflm                   TFLM's side of it
    """

    name: ClassVar[str]
    code: ClassVar[int]
    options: ClassVar[type[Any] | None] = None
    options_type: ClassVar[int] = NO_OPTIONS
    tflm: ClassVar[TflmSupport]
    types: ClassVar[tuple[DType, ...]] = ()
    """The activation types the aot runtime has kernels for (documentation and messages)."""
    float16_inputs: ClassVar[tuple[int, ...]] = ()
    """Positions of constants that its float32 kernels take as float16 too: half the flash, the same values."""
    is_declaration: ClassVar[bool] = False
    """Whether it only names something that others use (VAR_HANDLE): no code, no memory."""

    def check(self, node: Node) -> None:
        """Raises UserError, naming layer, type and what would work, unless the aot runtime can run this node exactly.

        After it passed, `macs` and `kernel` must not fail: every shape, type and parameter they use is checked here.
        """
        raise NotImplementedError

    def macs(self, node: Node) -> int:
        """Multiply-accumulates of one execution."""
        return 0

    def alias(self, node: Node) -> int | None:
        """The input position whose bytes the output is (RESHAPE): no code, no memory. None for a real operator."""
        return None

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        """The outputs where they are known at build time: no code, no memory. None where they are not.

        Exact to the byte, or not at all. Called on a node that passed `check`.
        """
        return None

    def control(self, node: Node) -> ControlFlow | None:
        """The subgraphs it runs (IF, WHILE, CALL_ONCE), not checked yet. None for an operator that calls a kernel."""
        return None

    def overlap(self, node: Node) -> dict[int, int]:
        """For each input position: how many bytes of the output's end may overlap the input's beginning.

        The operator's kernel must be exact when output and input share memory like this. The full output size
        (with equal element sizes) means in place. Absent positions must not overlap at all.
        """
        return {}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        """The call for this node. `features` are the core's: `dsp`, `mve`, `fpu`…; the portable kernel needs none."""
        raise NotImplementedError


_registry: dict[str, OperatorKind] = {}


def register(kind: type[OperatorKind]) -> type[OperatorKind]:
    if kind.name in _registry:
        raise InternalError(f"operator {kind.name} is registered twice")
    _registry[kind.name] = kind()
    return kind


@functools.cache
def operator_kinds() -> dict[str, OperatorKind]:
    """Every operator mcuforge knows, by TFLite name, in alphabetical order. Imports each file of model/ops once."""
    for module in pkgutil.iter_modules(ops.__path__):
        importlib.import_module(f"{ops.__name__}.{module.name}")
    return dict(sorted(_registry.items()))


def operator_kind(node: Node) -> OperatorKind:
    """The kind of a node. Raises UserError when mcuforge has no such operator."""
    kind = operator_kinds().get(node.op.kind)
    if kind is None:
        raise node.error(
            f"operator {node.op.kind} is not supported by the aot runtime",
            hint="set `runtime: tflm` in the manifest, or change the model to use: " + ", ".join(operator_kinds()),
        )
    return kind
