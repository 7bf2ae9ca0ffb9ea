"""The model's inputs and outputs as the public header names them; the same for every runtime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mcuforge.model.graph import DType, Subgraph, Tensor
from mcuforge.runtimes.shared.ctext import c_float, c_type, comment_text

_QUANTIZED = (DType.INT8, DType.INT16, DType.UINT8)


@dataclass(frozen=True)
class QuantizedPort:
    """How a port's integers are read as real numbers; `low` and `high` are the type's limits."""

    scale: str
    zero_point: int
    low: int
    high: int


@dataclass(frozen=True)
class Port:
    """An input or output of the model. Its names carry a number only when there are several."""

    role: str
    title: str
    macro: str
    function: str
    quantize_function: str
    set_function: str
    value_function: str
    comment: str
    elements: int
    shape: str
    ctype: str
    pointer: str
    quantized: QuantizedPort | None


def ports_of(name: str, main: Subgraph, pointer: Callable[[Tensor, str], str]) -> tuple[Port, ...]:
    """Inputs, then outputs, in the model's order. `pointer(tensor, role)` is C for where a tensor lies."""
    return tuple(
        _port(name, main.tensors[index], role, at if len(indices) > 1 else None, pointer)
        for role, indices in (("input", main.inputs), ("output", main.outputs))
        for at, index in enumerate(indices)
    )


def _port(name: str, tensor: Tensor, role: str, number: int | None, pointer: Callable[[Tensor, str], str]) -> Port:
    suffix = "" if number is None else f"_{number}"
    return Port(
        role=role,
        title=role.capitalize() if number is None else f"{role.capitalize()} {number}",
        macro=f"{name}_{role}{suffix}".upper(),
        function=f"{name}_{role}{suffix}",
        quantize_function=f"{name}_quantize_input{suffix}",
        set_function=f"{name}_set_input{suffix}",
        value_function=f"{name}_output_value{suffix}",
        comment=comment_text(tensor.describe()),
        elements=tensor.elements,
        shape="{" + ", ".join(map(str, tensor.shape or (1,))) + "}",
        ctype=c_type(tensor.dtype),
        pointer=pointer(tensor, role),
        quantized=_quantized(tensor),
    )


def _quantized(tensor: Tensor) -> QuantizedPort | None:
    if tensor.quantization is None or len(tensor.quantization.scales) != 1 or tensor.dtype not in _QUANTIZED:
        return None
    limits = np.iinfo(tensor.dtype.numpy)
    scale, zero_point = tensor.quantization.scale, tensor.quantization.zero_point
    return QuantizedPort(c_float(scale), zero_point, int(limits.min), int(limits.max))
