"""Type suffixes in kernels' names: `add_s8`, `quantize_f32_s16`."""

from __future__ import annotations

from mcuforge.model.graph import DType

SUFFIX = {
    DType.INT8: "s8",
    DType.INT16: "s16",
    DType.INT32: "s32",
    DType.INT64: "s64",
    DType.UINT8: "u8",
    DType.UINT32: "u32",
    DType.FLOAT32: "f32",
    DType.BOOL: "bool",
}
