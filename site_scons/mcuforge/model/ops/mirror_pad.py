"""MIRROR_PAD: a tensor continued by its own mirror image."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import TFLM_HINT, expect_operands, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import INDEX_TYPES, constant_integers

LOOPS = 5
"""MCUF_MIRROR_PAD_LOOPS."""


class Mode(enum.IntEnum):
    """REFLECT does not repeat the edge, SYMMETRIC does."""

    REFLECT = 0
    SYMMETRIC = 1


@dataclass(frozen=True)
class MirrorPadOptions:
    mode: Mode = option(0, "int8", Mode.REFLECT)


@dataclass(frozen=True)
class _Axis:
    size: int
    before: int = 0
    after: int = 0

    @property
    def is_padded(self) -> bool:
        return self.before + self.after > 0


@register
class MirrorPad(OperatorKind):
    name = "MIRROR_PAD"
    code = 100
    options = MirrorPadOptions
    options_type = 77
    tflm = TflmSupport("AddMirrorPad")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        axes = _axes(node)
        for at, axis in enumerate(axes):
            if min(axis.before, axis.after) < 0 or max(axis.before, axis.after) > axis.size - _skipped(node):
                raise node.error(
                    f"paddings {axis.before} and {axis.after} of axis {at} exceed what {axis.size} elements can mirror",
                    hint="pad in several steps",
                )
        expect_shape(node, output, tuple(axis.before + axis.size + axis.after for axis in axes))
        if len(_merged(axes)) > LOOPS:
            raise node.error(f"pads along more than {LOOPS - 1} separate axes", hint=TFLM_HINT)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(0), node.output()
        axes = _merged(_axes(node))
        axes = [_Axis(1)] * (LOOPS - len(axes)) + axes
        return KernelCall(
            function="mirror_pad",
            header="mcuforge/mirror_pad.h",
            sources=("kernels/portable/mirror_pad.c",),
            params_type="mcuf_mirror_pad_params",
            params={
                "input": tuple(axis.size for axis in axes),
                "before": tuple(axis.before for axis in axes),
                "after": tuple(axis.after for axis in axes),
                "skipped": _skipped(node),
                "element_bytes": source.dtype.bits // 8,
            },
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )


def _skipped(node: Node) -> int:
    """Elements at the edge that have no mirror image."""
    return 1 if node.options.mode is Mode.REFLECT else 0


def _axes(node: Node) -> list[_Axis]:
    shape = node.input(0).shape
    values = constant_integers(node, 1, "paddings", shape=(len(shape), 2), types=INDEX_TYPES)
    return [_Axis(size, *values[2 * at : 2 * at + 2]) for at, size in enumerate(shape)]


def _merged(axes: list[_Axis]) -> list[_Axis]:
    """Neighbouring axes without padding as one."""
    merged: list[_Axis] = []
    for axis in axes:
        if merged and not (axis.is_padded or merged[-1].is_padded):
            merged[-1] = _Axis(merged[-1].size * axis.size)
        else:
            merged.append(axis)
    return merged
