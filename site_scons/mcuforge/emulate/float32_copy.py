"""A model with float16 weights as TensorFlow Lite Micro can run it, which has no kernel that takes a float16.

Exact: every float16 is a float32. Tensors keep their indices, so that layers can be compared one by one; the operators
DEQUANTIZE whose outputs have become constants are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mcuforge.model.graph import DType, Graph


def holds_float16(graph: Graph) -> bool:
    return any(
        tensor.dtype is DType.FLOAT16 and tensor.is_constant
        for subgraph in graph.subgraphs
        for tensor in subgraph.tensors
    )


def float32_copy(data: bytes) -> bytes:
    """The .tflite file with float32 constants instead of float16 ones. `data` has passed our own reader."""
    import flatbuffers
    from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(data)
    for subgraph in model.subgraphs:
        expanded = _expand_constants(schema, model, subgraph)
        subgraph.operators = [op for op in subgraph.operators if not _is_settled(schema, model, subgraph, op, expanded)]
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), file_identifier=data[4:8])
    return bytes(builder.Output())


def _expand_constants(schema: Any, model: Any, subgraph: Any) -> set[int]:
    """The tensors that it did. Buffers are added, not changed: a tensor of another type may share one."""
    expanded = set()
    for index, tensor in enumerate(subgraph.tensors):
        data = model.buffers[tensor.buffer].data
        if tensor.type == schema.TensorType.FLOAT16 and data is not None:
            values = np.asarray(data, np.uint8).view(np.float16).astype(np.float32)
            model.buffers.append(schema.BufferT(data=values.view(np.uint8)))
            tensor.type, tensor.buffer = schema.TensorType.FLOAT32, len(model.buffers) - 1
            expanded.add(index)
    return expanded


def _is_settled(schema: Any, model: Any, subgraph: Any, operator: Any, expanded: set[int]) -> bool:
    """Whether it is a DEQUANTIZE of what is float32 now; its output then shares the constant's buffer."""
    code = model.operatorCodes[operator.opcodeIndex]
    if max(code.builtinCode, code.deprecatedBuiltinCode) != schema.BuiltinOperator.DEQUANTIZE:
        return False
    source = int(operator.inputs[0])
    if source in expanded:
        subgraph.tensors[operator.outputs[0]].buffer = subgraph.tensors[source].buffer
    return source in expanded
