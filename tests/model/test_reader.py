"""What the reader makes of sound models."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.model.builtin_codes import BUILTIN_NAMES
from mcuforge.model.graph import DType, Graph, Quantization
from mcuforge.model.reader import read_model
from tests.model.sound_model import BIAS, HIDDEN, INPUT, OUTPUT, SHAPE, STATE, WEIGHTS, read, sound_bytes, sound_object
from tests.support.tflite_builder import ModelBuilder, pack, schema


def identity(dtype: str = "INT8", shape: tuple[int, ...] = (1, 2), **tensor: Any) -> Graph:
    """A model whose output is its input: one tensor, no operator."""
    model = ModelBuilder()
    index = model.tensor("x", shape, dtype, **tensor)
    return read(model.build([index], [index]))


def test_model_facts_are_those_of_the_file() -> None:
    data = sound_bytes()
    graph = read(data)
    assert graph.description == "a sound model"
    assert graph.metadata == {"note": b"made for a test"}
    assert graph.sha256 == hashlib.sha256(data).hexdigest()
    assert (graph.main.name, graph.main.inputs, graph.main.outputs) == ("main", (INPUT,), (OUTPUT,))


def test_operators_keep_order_kind_version_and_absent_inputs() -> None:
    first, second = read(sound_bytes()).main.operators
    assert (first.index, first.kind, first.version) == (0, "FULLY_CONNECTED", 1)
    assert (first.inputs, first.outputs) == ((INPUT, WEIGHTS, BIAS, None, STATE), (HIDDEN,))
    assert (second.index, second.kind, second.inputs, second.outputs) == (1, "RESHAPE", (HIDDEN, SHAPE), (OUTPUT,))


def test_tensors_keep_shape_type_quantization_and_role() -> None:
    tensors = read(sound_bytes()).main.tensors
    assert [tensor.name for tensor in tensors] == ["input", "weights", "bias", "state", "hidden", "shape", "output"]
    assert [tensor.is_constant for tensor in tensors] == [False, True, True, False, False, True, False]
    assert [tensor.is_state for tensor in tensors] == [False, False, False, True, False, False, False]
    assert (tensors[INPUT].shape, tensors[INPUT].dtype) == ((1, 4), DType.INT8)
    assert tensors[INPUT].quantization == Quantization((0.5,), (-3,), None)
    assert tensors[SHAPE].quantization is None
    weights = tensors[WEIGHTS].quantization
    assert weights is not None
    assert (weights.axis, weights.zero_points) == (0, (0, 0, 0))
    assert weights.scales == tuple(float(scale) for scale in np.array([0.1, 0.2, 0.3], np.float32))


def test_a_tensor_without_elements_is_a_constant_whether_or_not_it_has_a_buffer() -> None:
    for has_buffer in (True, False):
        model = sound_object()
        shape = model.subgraphs[0].tensors[SHAPE]
        shape.shape, model.buffers[shape.buffer].data = [0], b""
        shape.buffer *= has_buffer
        tensor = read(pack(model)).main.tensors[SHAPE]
        assert tensor.is_constant and tensor.array().shape == (0,)


def test_constants_are_read_only_views_into_the_file() -> None:
    data = sound_bytes()
    weights = read(data).main.tensors[WEIGHTS]
    assert weights.data is not None
    assert weights.data.obj is data
    assert weights.data.readonly
    np.testing.assert_array_equal(weights.array(), np.arange(12, dtype=np.int8).reshape(3, 4))


@pytest.mark.parametrize("dtype", list(DType), ids=str)
def test_every_element_type_is_read(dtype: DType) -> None:
    tensor = identity(dtype.label, (3,)).main.tensors[0]
    assert (tensor.dtype, tensor.size_bytes) == (dtype, dtype.size_bytes(3))


def test_int4_constant_keeps_its_packed_bytes() -> None:
    model = ModelBuilder()
    values = np.array([-8, 7, 3], np.int8)
    constant = model.tensor("w", (3,), "INT4", data=values)
    x = model.tensor("x", (3,), "INT8")
    graph = read(model.build([x], [constant]))
    assert graph.main.tensors[constant].size_bytes == 2
    np.testing.assert_array_equal(graph.main.tensors[constant].array(), values)


def test_scalar_has_an_empty_shape_whether_written_or_left_out() -> None:
    assert identity(shape=()).main.tensors[0].shape == ()
    model = ModelBuilder()
    index = model.tensor("x", (), "FLOAT32")
    without_shape = model.to_object([index], [index])
    without_shape.subgraphs[0].tensors[index].shape = None
    assert read(pack(without_shape)).main.tensors[0].shape == ()


def test_open_batch_dimension_is_one_sample() -> None:
    assert identity(shape=(1, 4), shape_signature=(-1, 4)).main.tensors[0].shape == (1, 4)


def test_dimension_open_in_the_signature_but_decided_in_the_shape_is_taken() -> None:
    assert identity(shape=(1, 49), shape_signature=(-1, -1)).main.tensors[0].shape == (1, 49)


def test_range_without_scale_on_a_float_tensor_is_no_quantization() -> None:
    model = ModelBuilder()
    index = model.tensor("x", (1,), "FLOAT32")
    with_range = model.to_object([index], [index])
    with_range.subgraphs[0].tensors[index].quantization = schema.QuantizationParametersT(min=[-1.0], max=[1.0])
    assert read(pack(with_range)).main.tensors[0].quantization is None


def test_single_zero_point_counts_for_every_channel() -> None:
    tensor = identity(shape=(1, 3), scale=[0.5, 0.25, 0.125], zero_point=[0], axis=1).main.tensors[0]
    assert tensor.quantization == Quantization((0.5, 0.25, 0.125), (0, 0, 0), 1)


def test_output_may_be_listed_twice() -> None:
    model = sound_object()
    model.subgraphs[0].outputs = [OUTPUT, OUTPUT]
    assert read(pack(model)).main.outputs == (OUTPUT, OUTPUT)


def test_model_without_operators_is_the_identity() -> None:
    assert identity().main.operators == ()


@pytest.mark.parametrize("kind", BUILTIN_NAMES.values())
def test_every_builtin_operator_is_known_by_its_schema_name(kind: str) -> None:
    assert BUILTIN_NAMES[getattr(schema.BuiltinOperator, kind)] == kind
    name = f"{kind}:beam_search" if kind == "CUSTOM" else kind
    model = ModelBuilder()
    x, y = model.tensor("x", (1,), "INT8"), model.tensor("y", (1,), "INT8")
    model.operator(name, [x], [y], None)
    assert read(model.build([x], [y])).main.operators[0].kind == name


def test_builtin_table_has_every_operator_of_the_schema() -> None:
    codes = {name: code for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    del codes["PLACEHOLDER_FOR_GREATER_OP_CODES"]
    assert {name: code for code, name in BUILTIN_NAMES.items()} == codes


@pytest.mark.parametrize(
    ("older", "newer", "kind"),
    [(9, 0, "FULLY_CONNECTED"), (0, 9, "FULLY_CONNECTED"), (127, 150, "GELU"), (0, 0, "ADD")],
)
def test_larger_of_the_two_operator_code_fields_counts(older: int, newer: int, kind: str) -> None:
    model = ModelBuilder()
    x, y = model.tensor("x", (1,), "INT8"), model.tensor("y", (1,), "INT8")
    model.operator("ADD", [x, x], [y], None)
    tree = model.to_object([x], [y])
    tree.operatorCodes[0].deprecatedBuiltinCode, tree.operatorCodes[0].builtinCode = older, newer
    assert read(pack(tree)).main.operators[0].kind == kind


def test_intermediates_are_tensors_nothing_writes() -> None:
    model = ModelBuilder()
    x, y = model.tensor("x", (1,), "INT8"), model.tensor("y", (1,), "INT8")
    hidden = model.tensor("hidden", (), "INT16", scale=0.5)
    model.operator("ADD", [x, x], [y], intermediates=[hidden])
    assert read(model.build([x], [y])).main.operators[0].intermediates == (hidden,)


def test_further_subgraphs_are_read_with_their_own_tensors() -> None:
    model = ModelBuilder()
    x = model.tensor("x", (1,), "INT8")
    body = model.subgraph("body")
    inner = body.tensor("inner", (2,), "FLOAT32")
    body.set_io([inner], [inner])
    graph = read(model.build([x], [x]))
    assert [(item.index, item.name, item.tensors[0].shape) for item in graph.subgraphs] == [
        (0, "main", (1,)),
        (1, "body", (2,)),
    ]


def test_name_with_control_characters_is_escaped() -> None:
    model = ModelBuilder()
    x = model.tensor("a\x1b[31m\nb", (1,), "INT8")
    assert read(model.build([x], [x])).main.tensors[0].name == r"a\x1b[31m\nb"


def test_last_of_several_metadata_entries_with_one_name_counts() -> None:
    model = ModelBuilder()
    x = model.tensor("x", (1,), "INT8")
    model.metadata("plan", b"first")
    model.metadata("plan", b"second")
    assert read(model.build([x], [x])).metadata == {"plan": b"second"}


def test_read_model_reads_a_file_and_remembers_it(tmp_path: Path) -> None:
    path = tmp_path / "a model.tflite"
    path.write_bytes(sound_bytes())
    graph = read_model(path)
    assert graph.source.file == path
    assert len(graph.main.operators) == 2
