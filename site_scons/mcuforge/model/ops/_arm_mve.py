"""Calls of the kernels for Arm's vector extension, MVE: weights as the model has them, input zero points in the bias.

The other side of this is `runtime/include/mcuforge/arm_mve.h`.
"""

from __future__ import annotations

from dataclasses import replace

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import Argument, KernelCall, ScratchArg
from mcuforge.model.ops._weighted import S8, operand_types


def may_use_mve(node: Node, features: frozenset[str]) -> bool:
    """Whether the core has the extension and the layer is of int8."""
    return "mve" in features and operand_types(node) is S8


def mve_call(portable: KernelCall, kernel: str, bias: Argument, scratch_bytes: int = 0) -> KernelCall:
    """The portable call with another kernel, `kernel` being its file's name, and a bias with the zero point in it."""
    source, weights, _, output = portable.arguments
    scratch = (ScratchArg(),) if scratch_bytes else ()
    return replace(
        portable,
        function=f"{kernel}_mve",
        sources=(f"kernels/arm_mve/{kernel}.c",),
        arguments=(source, weights, bias, output, *scratch),
        scratch_bytes=scratch_bytes,
        variant="arm_mve",
    )
