"""Each fault of a model gives one UserError that names what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.model.sound_model import (
    BIAS,
    HIDDEN,
    INPUT,
    OUTPUT,
    SHAPE,
    STATE,
    WEIGHTS,
    rejection,
    sound_object,
)
from tests.support.tflite_builder import pack, schema

Spoil = Callable[[Any], None]
CASES: dict[str, tuple[Spoil, str]] = {}


def case(message: str) -> Callable[[Spoil], Spoil]:
    """Adds a way to spoil the sound model's object tree, and the exact message it must give."""

    def add(spoil: Spoil) -> Spoil:
        CASES[spoil.__name__] = (spoil, message)
        return spoil

    return add


def main(model: Any) -> Any:
    return model.subgraphs[0]


def tensor(model: Any, index: int) -> Any:
    return main(model).tensors[index]


@case("model: schema version 2 is not supported, only 3")
def old_schema(model: Any) -> None:
    model.version = 2


@case("model: it has no subgraph")
def no_subgraph(model: Any) -> None:
    model.subgraphs = []


@case("model: its main subgraph has no inputs")
def no_inputs(model: Any) -> None:
    main(model).tensors[INPUT].isVariable = True
    main(model).inputs = []


@case("model: its main subgraph has no outputs")
def no_outputs(model: Any) -> None:
    main(model).outputs = []


@case("operator code 0: there is no builtin operator 127")
def placeholder_operator(model: Any) -> None:
    model.operatorCodes[0].deprecatedBuiltinCode = model.operatorCodes[0].builtinCode = 127


@case("operator code 1: there is no builtin operator 9999")
def unknown_operator(model: Any) -> None:
    model.operatorCodes[1].builtinCode = 9999


@case("operator code 0: there is no builtin operator -1")
def negative_operator(model: Any) -> None:
    model.operatorCodes[0].deprecatedBuiltinCode = model.operatorCodes[0].builtinCode = -1


@case("operator code 0: it is a custom operator without a name")
def nameless_custom_operator(model: Any) -> None:
    model.operatorCodes[0].builtinCode = schema.BuiltinOperator.CUSTOM


@case("operator code 0: version 0 of FULLY_CONNECTED does not exist")
def operator_version_zero(model: Any) -> None:
    model.operatorCodes[0].version = 0


@case("layer 1: it names operator code 2; the model has 2 operator codes")
def operator_code_out_of_range(model: Any) -> None:
    main(model).operators[1].opcodeIndex = 2


@case("layer 0 FULLY_CONNECTED: inputs[1] is tensor 7; the subgraph has 7 tensors")
def operator_input_out_of_range(model: Any) -> None:
    main(model).operators[0].inputs[1] = 7


@case("layer 0 FULLY_CONNECTED: inputs[1] is tensor -2; the subgraph has 7 tensors")
def operator_input_negative(model: Any) -> None:
    main(model).operators[0].inputs[1] = -2


@case("layer 0 FULLY_CONNECTED: intermediates[1] is tensor 7; the subgraph has 7 tensors")
def intermediate_out_of_range(model: Any) -> None:
    main(model).operators[0].intermediates = [HIDDEN, 7]


@case("layer 1 RESHAPE: outputs[0] is absent (-1), which only an operator's input may be")
def absent_operator_output(model: Any) -> None:
    main(model).operators[1].outputs = [-1]


@case("subgraph 0: inputs[0] is absent (-1), which only an operator's input may be")
def absent_model_input(model: Any) -> None:
    main(model).inputs = [-1]


@case("subgraph 0: outputs[0] is tensor 100; the subgraph has 7 tensors")
def model_output_out_of_range(model: Any) -> None:
    main(model).outputs = [100]


@case("layer 0 FULLY_CONNECTED: its custom options lie outside the flatbuffer, which is not supported")
def custom_options_after_the_flatbuffer(model: Any) -> None:
    main(model).operators[0].largeCustomOptionsOffset = 4096


@case("subgraph 0: layer 0 RESHAPE reads tensor 4 `hidden` (1×3 int8) before anything writes it")
def operators_out_of_order(model: Any) -> None:
    main(model).operators.reverse()


@case("subgraph 0: layer 0 FULLY_CONNECTED reads tensor 4 `hidden` (1×3 int8) before anything writes it")
def operator_reads_its_own_output(model: Any) -> None:
    main(model).operators[0].inputs[0] = HIDDEN


@case(
    "subgraph 0: layer 1 RESHAPE writes tensor 4 `hidden` (1×3 int8), which layer 0 FULLY_CONNECTED writes too",
)
def two_producers(model: Any) -> None:
    main(model).operators[1].outputs = [HIDDEN]


@case("subgraph 0: layer 1 RESHAPE writes tensor 2 `bias` (3 int32), which is constant")
def constant_is_written(model: Any) -> None:
    main(model).operators[1].outputs = [BIAS]


@case("subgraph 0: layer 1 RESHAPE writes tensor 0 `input` (1×4 int8), which is an input")
def input_is_written(model: Any) -> None:
    main(model).operators[1].outputs = [INPUT]


@case("subgraph 0: its input tensor 2 `bias` (3 int32) cannot be set from outside: it is constant")
def input_is_constant(model: Any) -> None:
    main(model).inputs = [BIAS]


@case("subgraph 0: its input tensor 0 `input` (1×4 int8) cannot be set from outside: it is an input")
def input_listed_twice(model: Any) -> None:
    main(model).inputs = [INPUT, INPUT]


@case("subgraph 0: nothing writes its output tensor 6 `output` (3×1 int8)")
def output_is_never_written(model: Any) -> None:
    main(model).operators.pop()


@case(f"subgraph 0: nothing writes its output tensor 6 `{'x' * 59}…` (3×1 int8)")
def long_name_in_a_message(model: Any) -> None:
    tensor(model, OUTPUT).name = "x" * 10_000
    main(model).operators.pop()


@case("tensor 4 `hidden`: dimension 1 of its shape is dynamic")
def dynamic_shape(model: Any) -> None:
    tensor(model, HIDDEN).shape = [1, -1]


@case("tensor 4 `hidden`: dimension 1 of its shape is dynamic")
def dynamic_dimension_with_a_stand_in(model: Any) -> None:
    tensor(model, HIDDEN).shape, tensor(model, HIDDEN).shapeSignature = [1, 1], [-1, -1]


@case("subgraph 0: layer 0 FULLY_CONNECTED writes tensor 4 `hidden` (0×3 int8), which has no elements")
def written_tensor_without_elements(model: Any) -> None:
    tensor(model, HIDDEN).shape = [0, 3]


@case("subgraph 0: its input tensor 0 `input` (0×4 int8) cannot be set from outside: it has no elements")
def input_without_elements(model: Any) -> None:
    tensor(model, INPUT).shape = [0, 4]
    tensor(model, INPUT).shapeSignature = None


@case("subgraph 0: its output tensor 5 `shape` (0 int32) has no elements")
def output_without_elements(model: Any) -> None:
    tensor(model, SHAPE).shape, tensor(model, SHAPE).buffer = [0], 0
    model.subgraphs[0].outputs = [SHAPE]


@case("tensor 3 `state`: it is a state variable, and yet it has no elements")
def state_without_elements(model: Any) -> None:
    tensor(model, STATE).shape = [0, 2]


@case("tensor 4 `hidden`: dimension 1 of its shape is -3; a dimension cannot be negative")
def negative_dimension(model: Any) -> None:
    tensor(model, HIDDEN).shape = [1, -3]


@case("tensor 0 `input`: dimension 1 is 4 in its shape and 5 in its shape_signature")
def contradicting_signature(model: Any) -> None:
    tensor(model, INPUT).shapeSignature = [-1, 5]


@case("tensor 0 `input`: its shape has 2 dimensions, its shape_signature 3")
def signature_of_other_rank(model: Any) -> None:
    tensor(model, INPUT).shapeSignature = [-1, 4, 1]


@case("tensor 4 `hidden`: its shape has 9 dimensions; at most 8 are supported")
def too_many_dimensions(model: Any) -> None:
    tensor(model, HIDDEN).shape = [1] * 9


@case("tensor 4 `hidden`: a tensor of 4611686014132420609 elements does not fit in 2 GiB")
def shape_overflow(model: Any) -> None:
    tensor(model, HIDDEN).shape = [0x7FFFFFFF, 0x7FFFFFFF]


@case("tensor 4 `hidden`: element type STRING is not supported")
def string_tensor(model: Any) -> None:
    tensor(model, HIDDEN).type = schema.TensorType.STRING


@case("tensor 4 `hidden`: element type COMPLEX64 is not supported")
def complex_tensor(model: Any) -> None:
    tensor(model, HIDDEN).type = schema.TensorType.COMPLEX64


@case("tensor 4 `hidden`: its element type has the unknown code 99")
def unknown_element_type(model: Any) -> None:
    tensor(model, HIDDEN).type = 99


@case("tensor 4 `hidden`: its element type has the unknown code -1")
def negative_element_type(model: Any) -> None:
    tensor(model, HIDDEN).type = -1


@case("tensor 4 `hidden`: it names buffer 99; the model has 5 buffers")
def buffer_out_of_range(model: Any) -> None:
    tensor(model, HIDDEN).buffer = 99


@case("tensor 4 `hidden`: it names buffer 1; the model has 0 buffers")
def no_buffers(model: Any) -> None:
    model.buffers, model.metadata = None, None
    for item in main(model).tensors:
        item.buffer = 0
    tensor(model, HIDDEN).buffer = 1


@case("tensor 1 `weights`: its buffer holds 12 B of data, its shape and type need 4.0 KiB")
def tensor_larger_than_its_buffer(model: Any) -> None:
    tensor(model, WEIGHTS).shape = [3, 1366]


@case("tensor 5 `shape`: its buffer holds 8 B of data, its shape and type need 4 B")
def tensor_smaller_than_its_buffer(model: Any) -> None:
    tensor(model, SHAPE).shape = [1]


@case("tensor 3 `state`: it is a state variable, and yet it has constant data")
def state_with_data(model: Any) -> None:
    tensor(model, STATE).buffer = tensor(model, SHAPE).buffer


@case("tensor 1 `weights`: sparse tensors are not supported")
def sparse_tensor(model: Any) -> None:
    tensor(model, WEIGHTS).sparsity = schema.SparsityParametersT()


@case("tensor 1 `weights`: its data is in another file, which is not supported")
def external_buffer(model: Any) -> None:
    tensor(model, WEIGHTS).externalBuffer = 1


@case("buffer 1: its data lies outside the flatbuffer, where TensorFlow Lite Micro does not look")
def data_after_the_flatbuffer(model: Any) -> None:
    model.buffers[1].data, model.buffers[1].offset, model.buffers[1].size = None, 1024, 12


@case("metadata 0 `note`: it names buffer 99; the model has 5 buffers")
def metadata_buffer_out_of_range(model: Any) -> None:
    model.metadata[0].buffer = 99


@case("quantization of tensor 4 `hidden`: scale 0 is 0; a scale must be finite and above zero")
def zero_scale(model: Any) -> None:
    tensor(model, HIDDEN).quantization.scale = [0.0]


@case("quantization of tensor 1 `weights`: scale 2 is -0.5; a scale must be finite and above zero")
def negative_scale_of_a_channel(model: Any) -> None:
    tensor(model, WEIGHTS).quantization.scale = [0.1, 0.2, -0.5]


@case("quantization of tensor 4 `hidden`: scale 0 is nan; a scale must be finite and above zero")
def nan_scale(model: Any) -> None:
    tensor(model, HIDDEN).quantization.scale = [float("nan")]


@case("quantization of tensor 4 `hidden`: scale 0 is inf; a scale must be finite and above zero")
def infinite_scale(model: Any) -> None:
    tensor(model, HIDDEN).quantization.scale = [float("inf")]


@case("quantization of tensor 4 `hidden`: zero point 0 is 128, outside -128 to 127 of int8")
def zero_point_out_of_range(model: Any) -> None:
    tensor(model, HIDDEN).quantization.zeroPoint = [128]


@case("quantization of tensor 2 `bias`: zero point 1 is 4294967296, outside -2147483648 to 2147483647 of int32")
def zero_point_beyond_32_bits(model: Any) -> None:
    tensor(model, BIAS).quantization.zeroPoint = [0, 1 << 32, 0]


@case("quantization of tensor 1 `weights`: the numbers of scales (3) and zero points (2) differ")
def zero_points_of_another_count(model: Any) -> None:
    tensor(model, WEIGHTS).quantization.zeroPoint = [0, 0]


@case("quantization of tensor 4 `hidden`: the numbers of scales (1) and zero points (0) differ")
def no_zero_points(model: Any) -> None:
    tensor(model, HIDDEN).quantization.zeroPoint = None


@case("quantization of tensor 1 `weights`: it has 2 scales, and dimension 0 has 3 channels")
def scales_of_another_count(model: Any) -> None:
    tensor(model, WEIGHTS).quantization.scale = [0.1, 0.2]


@case("quantization of tensor 1 `weights`: its quantized dimension is 2; the tensor has 2 dimensions")
def axis_out_of_range(model: Any) -> None:
    tensor(model, WEIGHTS).quantization.quantizedDimension = 2


@case("quantization of tensor 1 `weights`: its quantized dimension is -1; the tensor has 2 dimensions")
def negative_axis(model: Any) -> None:
    tensor(model, WEIGHTS).quantization.quantizedDimension = -1


@case("quantization of tensor 1 `weights`: only scales and zero points are supported")
def blockwise_quantization(model: Any) -> None:
    quantization = tensor(model, WEIGHTS).quantization
    quantization.detailsType = schema.QuantizationDetails.BlockwiseQuantization
    quantization.details = schema.BlockwiseQuantizationT(blockSize=32)


@case("tensor 1 of subgraph 1 `inner`: dimension 0 of its shape is dynamic")
def fault_in_a_further_subgraph(model: Any) -> None:
    inner = schema.TensorT(name="inner", shape=[-1], type=schema.TensorType.INT8)
    outer = schema.TensorT(name="outer", shape=[1], type=schema.TensorType.INT8)
    model.subgraphs.append(schema.SubGraphT(tensors=[outer, inner], inputs=[0], outputs=[0], operators=[]))


@pytest.mark.parametrize("name", CASES)
def test_fault_is_named_with_its_place(name: str) -> None:
    spoil, message = CASES[name]
    model = sound_object()
    spoil(model)
    data = pack(model)
    error = rejection(data)
    assert error.message == message
    (where,) = error.details
    assert where.startswith("at byte ")
    assert where.endswith(f" of {len(data)}")


def test_rendered_error_reads_well() -> None:
    model = sound_object()
    zero_scale(model)
    assert rejection(pack(model)).render().splitlines() == [
        "sound.tflite: error: quantization of tensor 4 `hidden`: scale 0 is 0; a scale must be finite and above zero",
        f"  {rejection(pack(model)).details[0]}",
    ]
