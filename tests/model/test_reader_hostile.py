"""Files made to hurt: cut short, damaged, or small and yet describing something huge.

Whatever the bytes, reading gives a graph or a UserError, within time and memory bounded by the file's size.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest

from mcuforge.errors import UserError
from mcuforge.model.flatbuffer import ALLOWANCE, GROWTH
from mcuforge.model.graph import Graph
from tests.model.sound_model import read, rejection, sound_bytes
from tests.support.mutations import mutate, structure_spots
from tests.support.reference_models import reference_model_params
from tests.support.tflite_builder import FILE_IDENTIFIER, SCHEMA_VERSION, schema

BUILT_MUTATIONS = 5000
REFERENCE_MUTATIONS = 1000
REFERENCE_CUTS = 200
MAX_SECONDS_PER_READ = 1.0
MAX_SECONDS_PER_MEGABYTE = 10.0  # under tracemalloc, on a busy machine


def outcome(data: bytes) -> Graph | UserError:
    """What reading gives; anything but these two fails the test, and so does taking long."""
    start = time.process_time()
    try:
        return read(data)
    except UserError as error:
        assert error.render()
        return error
    finally:
        assert time.process_time() - start < MAX_SECONDS_PER_READ


def spots(data: bytes) -> tuple[int, ...]:
    return structure_spots(data, [tensor.data for tensor in read(data).main.tensors if tensor.data is not None])


def test_model_cut_at_every_length_is_refused() -> None:
    data = sound_bytes()
    for length in range(len(data)):
        assert isinstance(outcome(data[:length]), UserError), length


@pytest.mark.parametrize("path", reference_model_params())
def test_reference_model_cut_at_many_lengths_is_refused(path: Path) -> None:
    data = path.read_bytes()
    for length in np.linspace(0, len(data) - 64, REFERENCE_CUTS).astype(int):
        assert isinstance(outcome(data[:length]), UserError), length


def test_damaged_model_never_gives_a_traceback() -> None:
    data = sound_bytes()
    where = spots(data)
    outcomes = [outcome(mutate(data, seed, where)) for seed in range(BUILT_MUTATIONS)]
    refused = sum(isinstance(result, UserError) for result in outcomes)
    assert BUILT_MUTATIONS // 4 < refused < BUILT_MUTATIONS, "the damage must reach the checks, and not only the first"


@pytest.mark.parametrize("path", reference_model_params())
def test_damaged_reference_model_never_gives_a_traceback(path: Path) -> None:
    data = path.read_bytes()
    where = spots(data)
    for seed in range(REFERENCE_MUTATIONS):
        outcome(mutate(data, seed, where))


class RawModel:
    """A model written table by table, so that tables can be shared and left as small as the format allows."""

    def __init__(self) -> None:
        self.builder = flatbuffers.Builder(1 << 16)

    def numbers(self, values: Iterable[int], dtype: type) -> int:
        return int(self.builder.CreateNumpyVector(np.array(list(values), dtype)))

    def table(self, name: str, **values: int) -> int:
        getattr(schema, f"{name}Start")(self.builder)
        for field, value in values.items():
            getattr(schema, f"{name}Add{field}")(self.builder, value)
        return int(getattr(schema, f"{name}End")(self.builder))

    def tables(self, offsets: Sequence[int]) -> int:
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return int(self.builder.EndVector())

    def finish(self, tensors: Sequence[int], operators: Sequence[int] = (), output: int = 0) -> bytes:
        """The file: tensor 0 enters, tensor `output` leaves, and every operator is a LOGISTIC."""
        subgraph = self.table(
            "SubGraph",
            Tensors=self.tables(tensors),
            Inputs=self.numbers([0], np.int32),
            Outputs=self.numbers([output], np.int32),
            Operators=self.tables(operators),
        )
        code = self.table("OperatorCode", BuiltinCode=schema.BuiltinOperator.LOGISTIC)
        model = self.table(
            "Model", Version=SCHEMA_VERSION, Subgraphs=self.tables([subgraph]), OperatorCodes=self.tables([code])
        )
        self.builder.Finish(model, file_identifier=FILE_IDENTIFIER)
        return bytes(self.builder.Output())


def one_tensor_many_times() -> bytes:
    raw = RawModel()
    return raw.finish([raw.table("Tensor")] * 20_000)


def one_long_name_many_times() -> bytes:
    raw = RawModel()
    name = raw.builder.CreateString("😀" + "layer/" * 20_000)
    return raw.finish([raw.table("Tensor", Name=name) for _ in range(200)])


def one_channel_list_many_times() -> bytes:
    raw = RawModel()
    channels = 20_000
    scales = raw.numbers(range(1, channels + 1), np.float32)
    zero_points = raw.numbers(range(1000, channels + 1000), np.int64)
    quantization = raw.table("QuantizationParameters", Scale=scales, ZeroPoint=zero_points)
    shape = raw.numbers([channels], np.int32)
    tensor = {"Shape": shape, "Type": schema.TensorType.INT32, "Quantization": quantization}
    return raw.finish([raw.table("Tensor", **tensor) for _ in range(200)])


def one_input_list_many_times() -> bytes:
    raw = RawModel()
    inputs, outputs = raw.numbers([0] * 20_000, np.int32), raw.numbers([1], np.int32)
    operator = raw.table("Operator", Inputs=inputs, Outputs=outputs)
    return raw.finish([raw.table("Tensor") for _ in range(2)], [operator] * 200, output=1)


AMPLIFIERS = [one_tensor_many_times, one_long_name_many_times, one_channel_list_many_times, one_input_list_many_times]


def peak_and_result(data: bytes) -> tuple[int, Graph | UserError]:
    tracemalloc.start()
    start = time.process_time()
    result: Any
    try:
        result = read(data)
    except UserError as error:
        result = error
    seconds = time.process_time() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 1 + MAX_SECONDS_PER_MEGABYTE * len(data) / (1 << 20)
    return peak, result


@pytest.mark.parametrize("make", AMPLIFIERS, ids=lambda make: make.__name__)
def test_file_that_repeats_its_data_is_refused_within_bounds(make: Callable[[], bytes]) -> None:
    data = make()
    peak, result = peak_and_result(data)
    assert isinstance(result, UserError)
    assert result.message.endswith(f"reading on takes more than {GROWTH} times the size of the file")
    assert peak < len(data) * GROWTH + ALLOWANCE


def test_long_chain_of_ordinary_layers_is_read_within_bounds() -> None:
    raw = RawModel()
    layers = 5000
    tensors = []
    for index in range(layers + 1):
        name, shape = raw.builder.CreateString(f"layer_{index}"), raw.numbers([1, 300], np.int32)
        tensors.append(raw.table("Tensor", Name=name, Shape=shape))
    ends = [raw.numbers([index], np.int32) for index in range(layers + 1)]
    operators = [raw.table("Operator", Inputs=ends[index], Outputs=ends[index + 1]) for index in range(layers)]
    data = raw.finish(tensors, operators, output=layers)
    peak, result = peak_and_result(data)
    assert isinstance(result, Graph)
    assert len(result.main.operators) == layers
    assert peak < len(data) * GROWTH + ALLOWANCE


def test_table_that_is_its_own_vtable_is_refused() -> None:
    data = bytearray(sound_bytes())
    root = int.from_bytes(data[:4], "little")
    data[root : root + 4] = bytes(4)
    assert rejection(bytes(data)).message == "model: its vtable cannot have 0 bytes"


def test_vector_that_claims_four_billion_elements_is_refused() -> None:
    data = bytearray(sound_bytes())
    name = data.index(b"weights")
    data[name - 4 : name] = b"\xff\xff\xff\xff"
    assert rejection(bytes(data)).message == "tensor 1: field `name` runs past the end of the file (4096.0 MiB)"
