"""The reference models, read by us and by the schema compiler's own reader: both must see the same."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.model.graph import Operator, Tensor
from mcuforge.model.operator_kind import operator_kinds
from mcuforge.model.reader import read_model
from mcuforge.model.schema import TENSOR_TYPES
from tests.model.test_reader_options import schema_fields
from tests.support.reference_models import reference_model_params
from tests.support.tflite_builder import schema

MODELS = reference_model_params()
MAX_SECONDS = 0.05
MAX_EXTRA_BYTES = 1 << 20


@pytest.mark.parametrize("path", MODELS)
def test_everything_read_equals_the_schema_readers_view(path: Path) -> None:
    graph = read_model(path)
    expected = schema.ModelT.InitFromPackedBuf(path.read_bytes())
    assert graph.description == expected.description.decode()
    assert graph.metadata == {
        item.name.decode(): bytes(expected.buffers[item.buffer].data) for item in expected.metadata
    }
    assert len(graph.subgraphs) == len(expected.subgraphs)
    for subgraph, other in zip(graph.subgraphs, expected.subgraphs, strict=True):
        assert subgraph.name == other.name.decode()
        assert (list(subgraph.inputs), list(subgraph.outputs)) == (list(other.inputs), list(other.outputs))
        for tensor, other_tensor in zip(subgraph.tensors, other.tensors, strict=True):
            assert_same_tensor(tensor, other_tensor, expected.buffers)
        for operator, other_operator in zip(subgraph.operators, other.operators, strict=True):
            assert_same_operator(operator, other_operator, expected.operatorCodes)


def assert_same_tensor(tensor: Tensor, other: Any, buffers: list[Any]) -> None:
    assert (tensor.name, tensor.shape) == (other.name.decode(), tuple(other.shape))
    assert tensor.dtype is TENSOR_TYPES[other.type]
    assert tensor.is_state == other.isVariable
    data = buffers[other.buffer].data
    assert (tensor.data is None) == (data is None)
    if data is not None:
        assert tensor.data == memoryview(data)
    has_scales = other.quantization is not None and other.quantization.scale is not None
    assert (tensor.quantization is not None) == has_scales
    if tensor.quantization is not None:
        np.testing.assert_array_equal(tensor.quantization.scales, other.quantization.scale)
        np.testing.assert_array_equal(tensor.quantization.zero_points, other.quantization.zeroPoint)
        per_channel = len(other.quantization.scale) > 1
        assert tensor.quantization.axis == (other.quantization.quantizedDimension if per_channel else None)


def assert_same_operator(operator: Operator, other: Any, codes: list[Any]) -> None:
    code = codes[other.opcodeIndex]
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    assert (getattr(schema.BuiltinOperator, operator.kind), operator.version) == (number, code.version)
    assert [-1 if index is None else index for index in operator.inputs] == list(other.inputs)
    assert list(operator.outputs) == list(other.outputs)
    kind = operator_kinds().get(operator.kind)
    if kind is None or kind.options is None:
        assert operator.options is None
        return
    if other.builtinOptions is None:
        assert operator.options == kind.options()
        return
    attributes = schema_fields(type(other.builtinOptions).__name__.removesuffix("T"))
    for item in fields(kind.options):
        value, expected = getattr(operator.options, item.name), attributes[item.metadata["slot"]].attribute
        np.testing.assert_array_equal(value, getattr(other.builtinOptions, expected))


@pytest.mark.parametrize("path", MODELS)
def test_reading_is_fast_and_copies_nothing(path: Path) -> None:
    read_model(path)  # imports the operators
    start = time.process_time()
    read_model(path)
    assert time.process_time() - start < MAX_SECONDS
    tracemalloc.start()
    graph = read_model(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert graph.main.operators
    assert peak < path.stat().st_size + MAX_EXTRA_BYTES
