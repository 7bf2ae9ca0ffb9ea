"""One sound layer or more of every operator, from the tests of this folder, in its own types and in float32."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import pkgutil

import numpy as np

from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import operator_kind
from tests import ops
from tests.ops.single import FLOAT32, INT32, Case, Tensor, random_floats


@functools.cache
def sound_cases() -> tuple[Case, ...]:
    """What the tests of this folder declare as `SOUND`."""
    names = sorted(module.name for module in pkgutil.iter_modules(ops.__path__) if module.name.startswith("test_"))
    modules = [importlib.import_module(f"{ops.__name__}.{name}") for name in names]
    return tuple(case for module in modules for case in getattr(module, "SOUND", []))


def in_float(case: Case) -> Case:
    """The same layer in float32; not every one is sound then."""
    rng = np.random.default_rng(5)

    def convert(tensor: Tensor) -> Tensor:
        if tensor.dtype == INT32 and tensor.scale is None:
            return tensor
        data = None if tensor.data is None else random_floats(rng, tensor.shape)
        return Tensor(tensor.shape, FLOAT32, data=data, is_state=tensor.is_state)

    inputs = [None if tensor is None else convert(tensor) for tensor in case.inputs]
    return dataclasses.replace(
        case, inputs=inputs, output=convert(case.output), more_outputs=[*map(convert, case.more_outputs)]
    )


def calls_kernel(node: Node) -> bool:
    """Whether a node that passed `check` is left to a kernel at run time."""
    kind = operator_kind(node)
    is_answered = kind.is_declaration or kind.control(node) is not None or kind.fold(node) is not None
    return not is_answered and kind.alias(node) is None
