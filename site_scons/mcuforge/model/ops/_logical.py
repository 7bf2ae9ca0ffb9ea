"""LOGICAL_AND and LOGICAL_OR: elementwise operators on bool, whose kernels share a header."""

from __future__ import annotations

from dataclasses import replace

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall
from mcuforge.model.ops._binary import PlainBinary


class LogicalBinary(PlainBinary):
    types = (DType.BOOL,)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return replace(super().kernel(node, features), header="mcuforge/logical.h")
