"""Several tensors into one along an axis: CONCATENATION and PACK."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, TensorArg, TensorsArg


def join_call(node: Node, rows: int) -> KernelCall:
    """The output is `rows` times a run of each input, in order."""
    run_bytes = np.array([source.size_bytes // rows for source in node.inputs], np.int32)
    return KernelCall(
        function="concatenation",
        header="mcuforge/concatenation.h",
        sources=("kernels/portable/concatenation.c",),
        params_type="mcuf_concatenation_params",
        params={"rows": rows, "inputs": len(run_bytes), "run_bytes": ConstArray("run_bytes", run_bytes)},
        arguments=(TensorsArg(tuple(source.index for source in node.inputs)), TensorArg(node.output().index)),
    )


def join_constants(node: Node, rows: int) -> tuple[npt.NDArray[Any], ...] | None:
    """The same at build time; None where an input is known at run time only."""
    if not all(source.is_constant for source in node.inputs):
        return None
    runs = [source.array().reshape(rows, -1) for source in node.inputs]
    return (np.concatenate(runs, axis=1).reshape(node.output().shape),)
