"""The output stage of operators that accumulate in int32 or int64: one real factor per channel, offset and clamp."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.arithmetic.fixed_point import Multiplier, wrap_int32
from mcuforge.model.arithmetic.wide import MAX_WIDE_SHIFT, WIDE_LIMIT, reduced_multiplier
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import Argument, ConstArray, NullArg, ParamValue, TensorArg
from mcuforge.model.ops._checks import (
    activation_bounds,
    expect_constant,
    expect_quantized,
    expect_type,
    fixed_point,
)


def requantization(
    node: Node, factors: Sequence[float], activation: Activation, output: Tensor, *, wide: bool = False
) -> dict[str, ParamValue]:
    """The fields of `mcuf_requantization`, for a struct member called `output`.

    `factors` has one real number per channel; when all are equal one entry is stored (step 0). `wide` is for kernels
    with 64-bit accumulators.
    """
    stored = factors[:1] if len(set(factors)) == 1 else factors
    scale = wide_fixed_point if wide else fixed_point
    multipliers = [scale(node, factor, "output scaling") for factor in stored]
    least, greatest = activation_bounds(node, activation, output)
    return {
        "output.multiplier": ConstArray("multiplier", np.array([m.multiplier for m in multipliers], np.int32)),
        "output.shift": ConstArray("shift", np.array([m.shift for m in multipliers], np.int8)),
        "output.step": int(len(stored) > 1),
        "output.offset": expect_quantized(node, output).zero_point,
        "output.least": least,
        "output.greatest": greatest,
    }


def wide_fixed_point(node: Node, real: float, role: str) -> Multiplier:
    """`real` for accumulators of 64 bits: a multiplier of 16 bits, and a shift that TFLM allows."""
    found = fixed_point(node, real, role)
    if found.shift > MAX_WIDE_SHIFT:
        raise node.error(
            f"{role}: {real:g} is too large for int16; the scales of its tensors are too far apart",
            hint="quantize the model again with representative calibration data",
        )
    return Multiplier(reduced_multiplier(found.multiplier), found.shift)


def expect_wide_sums(node: Node, bias: Tensor | None, products: int, largest: int) -> None:
    """Refuses accumulators that may leave what TFLM scales exactly: that many products up to `largest`, and a bias."""
    start = 0 if bias is None else int(np.abs(bias.array().astype(np.float64)).max())
    if start + products * largest >= WIDE_LIMIT:
        raise node.error(
            f"sums of {products} products and a bias up to {start} leave 47 bits",
            hint="quantize the model again with representative calibration data",
        )


def weight_scales(node: Node, weights: Tensor, channels: int, axis: int) -> tuple[float, ...]:
    """The scales of symmetric weights: one, or one per output channel along `axis`."""
    quantization = weights.quantization
    if quantization is None:
        raise node.error(f"{weights.describe()} has no scale", hint="quantize the whole model to int8")
    if any(quantization.zero_points):
        raise node.error(
            f"{weights.describe()} has a zero point other than 0",
            hint="quantize weights symmetrically, as every current converter does",
        )
    count = len(quantization.scales)
    if count != 1 and (count != channels or quantization.axis != axis):
        raise node.error(
            f"{weights.describe()} has {count} scales along axis {quantization.axis}; "
            f"one, or {channels} along axis {axis}, expected",
            hint="quantize weights per tensor or per output channel",
        )
    return quantization.scales


def channel_factors(node: Node, source: Tensor, scales: tuple[float, ...], output: Tensor) -> list[float]:
    """Input scale × weight scale ÷ output scale in double precision, as TFLM computes them for convolutions."""
    input_scale, output_scale = expect_quantized(node, source).scale, expect_quantized(node, output).scale
    return [input_scale * scale / output_scale for scale in scales]


def expect_bias(node: Node, bias: Tensor | None, channels: int, *dtypes: DType) -> None:
    if bias is None:
        return
    expect_type(node, bias, *dtypes)
    expect_constant(node, bias, "biases")
    if bias.elements != channels:
        raise node.error(
            f"{bias.describe()} has {bias.elements} elements for {channels} output channels",
            hint="export the model again",
        )


def bias_argument(bias: Tensor | None) -> Argument:
    return NullArg() if bias is None else TensorArg(bias.index)


def bias_or_zeros(bias: Argument, channels: int) -> Argument:
    """For kernels that do not take NULL."""
    return ConstArray("bias", np.zeros(channels, np.int32), weights=True) if isinstance(bias, NullArg) else bias


def folded_bias(bias: Tensor | None, weights: npt.NDArray[np.int8], zero_point: int) -> Argument:
    """The bias minus the input's zero point times each channel's weights: what an unpadded layer adds anyway.

    `weights` is [channels, depth]. Sums wrap as they do on the device.
    """
    if zero_point == 0:
        return bias_argument(bias)
    start = 0 if bias is None else bias.array().reshape(-1).astype(np.int64)
    folded = wrap_int32(start - zero_point * weights.sum(axis=1, dtype=np.int64))
    return ConstArray("bias", folded.astype(np.int32), weights=True)
