"""docs/operators.md: which operators run, on which types, in which runtime and with which kernels."""

from __future__ import annotations

from mcuforge.model.graph import DType
from mcuforge.model.operator_kind import OperatorKind, operator_kinds
from mcuforge.resources import runtime_dir

COMMAND = "mcuforge operators > docs/operators.md"
PORTABLE = "portable"

_INT4_WEIGHTS = "_w4"
_SUFFIXES = {DType.INT8: "s8", DType.INT16: "s16", DType.FLOAT32: "f32"}
_HEAD = f"""# Operators

Generated from the operator files by `{COMMAND}`; a test fails when this page is out of date.

The columns of types are those of the `aot` runtime, and name its kernels for activations of that type: `portable` C
everywhere, others where the core has the instructions. `none` means that no kernel is called: control flow is generated
code, a handle is only a name. Weights of float16 stay so in flash and are expanded where a kernel reads them; other
float16 constants are expanded at build time, by `DEQUANTIZE`. The `tflm` runtime registers an operator by the method in
the last column, and takes whatever types TensorFlow Lite Micro does.
"""


def operator_page() -> str:
    """The page as Markdown. Deterministic: it depends on the operator files and the kernels' folders alone."""
    kinds = operator_kinds().values()
    counts = ", ".join(f"{sum(dtype in kind.types for kind in kinds)} on {dtype}" for dtype in _SUFFIXES)
    lines = [_HEAD, f"{len(kinds)} operators: {counts}.", ""]
    head = ("operator", *map(str, _SUFFIXES), "further types", "`tflm`")
    lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += map(_row, kinds)
    return "\n".join(lines) + "\n"


def _row(kind: OperatorKind) -> str:
    cells = [_kernels(kind, dtype) if dtype in kind.types else "" for dtype in _SUFFIXES]
    further = ", ".join(str(dtype) for dtype in DType if dtype in kind.types and dtype not in _SUFFIXES)
    return f"| {kind.name} | {' | '.join(cells)} | {further} | `{kind.tflm.add_method}` |"


def _kernels(kind: OperatorKind, dtype: DType) -> str:
    if kind.is_declaration or type(kind).control is not OperatorKind.control:
        return "none"
    stem = f"{kind.name.lower()}*_{_SUFFIXES[dtype]}"
    folders = sorted(path for path in (runtime_dir() / "kernels").iterdir() if path.is_dir())
    variants = [folder.name for folder in folders if folder.name == PORTABLE or any(folder.glob(f"{stem}.c"))]
    packed = any((runtime_dir() / "kernels" / PORTABLE).glob(f"{stem}{_INT4_WEIGHTS}.c"))
    halved = dtype is DType.FLOAT32 and kind.float16_inputs
    return ", ".join(variants) + (" (int4 weights too)" if packed else " (float16 weights too)" if halved else "")
