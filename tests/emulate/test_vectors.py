"""Golden inputs: what is accepted from .npz files, what is refused and how, and what random vectors are."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.emulate.vectors import random_vectors, recorded_vectors
from mcuforge.errors import Location, UserError
from mcuforge.model.graph import DType, Graph, Quantization, Subgraph, Tensor


def graph(*inputs: Tensor) -> Graph:
    main = Subgraph(0, "main", inputs, (), tuple(range(len(inputs))), ())
    return Graph((main,), {}, "0" * 64, Location(Path("model.tflite")))


def tensor(dtype: DType = DType.INT8, shape: tuple[int, ...] = (1, 2, 2), index: int = 0, scale: float = 0.5) -> Tensor:
    quantization = None if dtype is DType.FLOAT32 else Quantization((scale,), (-3,))
    return Tensor(index, f"tensor{index}", shape, dtype, quantization)


def save(folder: Path, **arrays: Any) -> Path:
    file = folder / "golden.npz"
    np.savez(file, **arrays)
    return file


def refusal(file: Path, model: Graph) -> str:
    with pytest.raises(UserError) as caught:
        recorded_vectors(file, model)
    assert str(caught.value).startswith(str(file))
    return str(caught.value)


def as_int8(vectors: list[bytes]) -> list[list[int]]:
    return [np.frombuffer(vector, np.int8).tolist() for vector in vectors]


@pytest.mark.parametrize("shape", [(3, 1, 2, 2), (3, 2, 2)])
def test_the_batch_dimension_may_be_left_out(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = np.arange(-6, 6, dtype=np.int8).reshape(shape)
    vectors = recorded_vectors(save(tmp_path, x=x), graph(tensor()))
    assert as_int8(vectors) == [[-6, -5, -4, -3], [-2, -1, 0, 1], [2, 3, 4, 5]]


def test_several_inputs_follow_the_models_order_by_position_or_by_name(tmp_path: Path) -> None:
    model = graph(tensor(), tensor(DType.FLOAT32, (1, 1), 1))
    file = save(tmp_path, tensor1=np.ones((1, 1), np.float32), x0=np.full((1, 2, 2), 7, np.int8))
    assert recorded_vectors(file, model) == [bytes([7] * 4) + np.float32(1).tobytes()]


def test_wider_integers_are_taken_when_their_values_fit(tmp_path: Path) -> None:
    file = save(tmp_path, x=np.array([[[-128, 127], [0, 1]]], np.int64))
    assert as_int8(recorded_vectors(file, graph(tensor()))) == [[-128, 127, 0, 1]]


def test_floats_are_quantized_halves_away_from_zero_and_clamped(tmp_path: Path) -> None:
    file = save(tmp_path, x=np.array([[[0.25, -0.25], [1000, -1000]]], np.float64))
    assert as_int8(recorded_vectors(file, graph(tensor()))) == [[-2, -4, 127, -128]]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no array x": ({"y": np.zeros((1, 2, 2), np.int8)}, "no array `x` for tensor 0 `tensor0` (1×2×2 int8)"),
    "wrong shape": ({"x": np.zeros((4, 2), np.int8)}, "array `x`: shape [4, 2] is not [n, 1, 2, 2] or [n, 2, 2]"),
    "a scalar": ({"x": np.int8(1)}, "array `x`: shape [] is not"),
    "no vectors": ({"x": np.zeros((0, 2, 2), np.int8)}, "array `x`: it holds no vectors"),
    "nan": ({"x": np.full((1, 2, 2), np.nan)}, "array `x`: it holds NaN or infinity"),
    "values out of range": ({"x": np.full((1, 2, 2), 128)}, "array `x`: values from 128 to 128 do not fit int8"),
    "text": ({"x": np.full((1, 2, 2), "a")}, "array `x`: elements of type <U1 are not numbers"),
    "objects": ({"x": np.full((1, 2, 2), {})}, "the golden inputs hold something else than plain arrays"),
    "booleans": ({"x": np.full((1, 2, 2), True)}, "elements of type bool do not fit"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_arrays_that_do_not_fit_the_input_are_refused(tmp_path: Path, case: str) -> None:
    arrays, message = REFUSED[case]
    assert message in refusal(save(tmp_path, **arrays), graph(tensor()))


def test_floats_beyond_float32_are_refused(tmp_path: Path) -> None:
    file = save(tmp_path, x=np.full((1, 2, 2), 1e300))
    assert "beyond the range of float32" in refusal(file, graph(tensor(DType.FLOAT32)))


def test_integers_are_refused_for_a_float_input(tmp_path: Path) -> None:
    file = save(tmp_path, x=np.zeros((1, 2, 2), np.int8))
    assert "elements of type int8 do not fit" in refusal(file, graph(tensor(DType.FLOAT32)))


def test_inputs_with_different_numbers_of_vectors_are_refused(tmp_path: Path) -> None:
    file = save(tmp_path, x0=np.zeros((2, 2, 2), np.int8), x1=np.zeros((3, 2, 2), np.int8))
    assert "different numbers of vectors: 2, 3" in refusal(file, graph(tensor(), tensor(index=1)))


def _text(file: Path) -> None:
    file.write_text("not a zip")


def _truncated(file: Path) -> None:
    np.savez(file, x=np.zeros((1, 2, 2), np.int8))
    file.write_bytes(file.read_bytes()[:100])


def _no_array(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY damaged")


def _compressed_damaged(file: Path) -> None:
    np.savez_compressed(file, x=np.arange(400, dtype=np.int16))
    content = bytearray(file.read_bytes())
    begin = content.index(b"x.npy") + len("x.npy")
    content[begin : begin + 40] = b"\xff" * 40
    file.write_bytes(content)


def _encrypted(file: Path) -> None:
    np.savez(file, x=np.zeros((1, 2, 2), np.int8))
    content = bytearray(file.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(content)


def _with_header(header: str) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(
                "x.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"\0" * 40
            )

    return write


_shape = "{{'descr': '|i1', 'fortran_order': False, 'shape': {}}}".format


@pytest.mark.parametrize(
    "write",
    [
        *(_text, _truncated, _no_array, _compressed_damaged, _encrypted),
        *map(_with_header, (_shape("(4000000000000000,)"), _shape("(True,)"), "(" * 300, "{'descr': (\n")),
    ],
)
def test_files_that_are_no_npz_are_refused(tmp_path: Path, write: Callable[[Path], None]) -> None:
    file = tmp_path / "golden.npz"
    write(file)
    assert "error: the golden inputs " in refusal(file, graph(tensor()))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "the golden inputs do not exist" in refusal(tmp_path / "none.npz", graph(tensor()))


class _Bomb:
    """A pickle that writes a file when it is loaded."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._file,)


@pytest.mark.parametrize("member", ["x", "x.npy"])
def test_a_pickle_inside_is_never_loaded(tmp_path: Path, member: str) -> None:
    victim = tmp_path / "loaded"
    file = tmp_path / "golden.npz"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, pickle.dumps(_Bomb(victim)))
    refusal(file, graph(tensor()))
    assert not victim.exists()


def test_random_vectors_repeat_with_the_seed_and_change_with_it() -> None:
    model = graph(tensor(), tensor(DType.FLOAT32, (4,), 1))
    assert random_vectors(model, 5, seed=3) == random_vectors(model, 5, seed=3)
    assert random_vectors(model, 5, seed=3) != random_vectors(model, 5, seed=4)


@pytest.mark.parametrize("dtype", [DType.INT8, DType.UINT8, DType.INT16])
def test_random_vectors_reach_both_ends_of_the_type(dtype: DType) -> None:
    (vector,) = random_vectors(graph(tensor(dtype, (1 << 20,))), 1, seed=0)
    values = np.frombuffer(vector, dtype.numpy)
    limits = np.iinfo(dtype.numpy)
    assert (values.min(), values.max()) == (limits.min, limits.max)


def test_random_vectors_differ_in_contrast() -> None:
    vectors = random_vectors(graph(tensor(shape=(1000,))), 8, seed=0)
    spreads = {int(np.ptp(np.frombuffer(vector, np.int8).astype(int))) for vector in vectors}
    assert len(spreads) > 4


def test_random_floats_are_finite() -> None:
    vectors = random_vectors(graph(tensor(DType.FLOAT32, (100,))), 8, seed=0)
    assert all(np.isfinite(np.frombuffer(vector, np.float32)).all() for vector in vectors)


def test_an_input_type_without_vectors_is_refused() -> None:
    with pytest.raises(UserError, match="an input of type float16 cannot be replayed"):
        random_vectors(graph(tensor(DType.FLOAT16)), 1, seed=0)
