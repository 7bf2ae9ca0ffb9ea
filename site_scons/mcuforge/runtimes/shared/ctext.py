"""Values as C99 source text: deterministic, exact, and pleasant to read."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType

_C_TYPES = {
    DType.FLOAT32: "float",
    DType.FLOAT16: "uint16_t",
    DType.INT4: "int8_t",
    DType.INT8: "int8_t",
    DType.INT16: "int16_t",
    DType.INT32: "int32_t",
    DType.INT64: "int64_t",
    DType.UINT8: "uint8_t",
    DType.UINT16: "uint16_t",
    DType.UINT32: "uint32_t",
    DType.UINT64: "uint64_t",
    DType.BOOL: "bool",
}
_COLUMNS = 110
_COMMA = ", "


def c_type(dtype: DType) -> str:
    """The C type of one element. Raises InternalError for types that no kernel takes."""
    if dtype not in _C_TYPES:
        raise InternalError(f"{dtype} has no C type")
    return _C_TYPES[dtype]


def c_type_of(values: npt.NDArray[Any]) -> str:
    """The C type of a numpy array's elements."""
    return c_type(next(dtype for dtype in _C_TYPES if dtype.numpy == values.dtype and dtype is not DType.INT4))


def c_float(value: float) -> str:
    """The shortest decimal that reads back as the same float32."""
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    text = str(np.float32(value))
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def c_int(value: int, dtype: DType = DType.INT32) -> str:
    """An integer literal without implicit conversions: the most negative value is not a literal in C."""
    if dtype in (DType.UINT32, DType.UINT64):
        return f"{value}u" if dtype is DType.UINT32 else f"{value}ull"
    suffix = "ll" if dtype is DType.INT64 else ""
    if value == -(1 << (63 if suffix else 31)):
        return f"(-{-value - 1}{suffix} - 1)"
    return f"{value}{suffix}"


def c_array(values: npt.NDArray[Any]) -> str:
    """The elements of an array, flat in C order, between braces; a line has as many as fit were all the longest."""
    flat = values.reshape(-1)
    if flat.dtype.kind == "f":
        words = [c_float(float(value)) for value in flat]
    elif flat.dtype.kind == "b":
        words = ["true" if value else "false" for value in flat]
    elif flat.dtype.itemsize <= 2:
        words = list(map(str, flat.tolist()))
    else:
        dtype = next(dtype for dtype in _C_TYPES if dtype.numpy == flat.dtype)
        words = [c_int(value, dtype) for value in flat.tolist()]
    count = max(1, (_COLUMNS + len(_COMMA)) // (max(map(len, words), default=0) + len(_COMMA)))
    lines = [_COMMA.join(words[start : start + count]) for start in range(0, len(words), count)]
    return "{\n" + ",\n".join(f"  {line}" for line in lines) + "\n}"


def c_call(function: str, arguments: Sequence[str], indent: int) -> str:
    """A call statement; arguments that do not fit the line stand one below the other."""
    line = f"{function}({', '.join(arguments)});"
    if indent + len(line) <= _COLUMNS:
        return line
    margin = " " * (indent + 4)
    return f"{function}(\n{margin}" + f",\n{margin}".join(arguments) + ");"


def c_string(text: str) -> str:
    """A string literal; everything but printable ASCII is escaped octally, so no later character can join it."""
    return '"' + "".join(_escape(byte) for byte in text.encode("utf-8", "replace")) + '"'


def _escape(byte: int) -> str:
    character = chr(byte)
    if character in '"\\?':
        return "\\" + character
    return character if 32 <= byte < 127 else f"\\{byte:03o}"


def comment_text(text: str, limit: int = 100) -> str:
    """Untrusted text made fit for a comment: printable ASCII, no comment marks, bounded length."""
    clean = re.sub(r"[^ -~]", "?", text.replace("×", "x")).replace("*/", "* /").replace("/*", "/ *").replace("\\", "/")
    return clean if len(clean) <= limit else clean[: limit - 3] + "..."
