"""`scheme: float16`: half the flash for weights, the same bytes as TensorFlow Lite Micro on the expanded model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.convert.build import build_model
from mcuforge.convert.edge_model import EdgeModel
from mcuforge.convert.float16 import check_range
from mcuforge.errors import UserError
from mcuforge.model.graph import DType, Tensor
from mcuforge.model.reader import read_model
from tests.convert.models import classifier, write_project
from tests.support.extras import require_extra
from tests.support.scons import scons
from tests.support.tflite_builder import ModelBuilder

SHAPE = (12, 12, 3)
PLAN, SIZE = "nrf5340/gen/plan.json", "nrf5340/size.json"
KERNELS = {"conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv"}


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path_factory.mktemp("cache")))


def float16_layer(value: float) -> bytes:
    """A layer of four weights, one of which is given."""
    model = ModelBuilder()
    x, y = (model.tensor(name, (1, 2), "FLOAT32") for name in "xy")
    weights = model.tensor("w", (2, 2), "FLOAT16", data=np.array([[1, 2], [value, 3]], np.float16))
    model.operator("FULLY_CONNECTED", [x, weights, None], [y])
    return model.build([x], [y])


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a .keras model that has every kind of layer that reads float16, and a constant (PReLU's) that none
    of them does; and with what it makes of forty inputs."""
    require_extra("keras")
    import keras

    keras.utils.set_random_seed(1)
    layers, folder = keras.layers, tmp_path_factory.mktemp("network")
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(8, 3, activation="relu", padding="same", bias_initializer="normal"),
            layers.DepthwiseConv2D(3, bias_initializer="normal"),
            layers.PReLU(alpha_initializer="normal", shared_axes=[1, 2]),
            layers.Conv2DTranspose(5, 3, strides=2, bias_initializer="normal"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax", bias_initializer="normal"),
        ]
    )
    model.save(folder / "small.keras")
    x = np.random.Generator(np.random.PCG64(2)).standard_normal((40, *SHAPE)).astype(np.float32)
    np.savez(folder / "labelled.npz", x=x, y=model.predict(x, verbose=0).argmax(axis=1))
    return folder


@pytest.fixture(scope="module")
def built(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a float16 build on nrf5340, with everything that a build says about itself."""
    folder = tmp_path_factory.mktemp("float16")
    shutil.copytree(network, folder, dirs_exist_ok=True)
    more = "quantize: {scheme: float16}\ngolden: {random: 4}\n"
    more += "accuracy: {dataset: labelled.npz, metric: top1, min: 0.9, max_drop: 0.1}\n"
    build(folder, "small.keras", more)
    return build(folder, "small.keras", more, "emulate")


def build(folder: Path, source: str, more: str, *targets: str) -> Path:
    words = [f"project={write_project(folder, source, more).path}", "board=nrf5340", f"build_dir={folder / 'build'}"]
    run = scons(*words, *targets, MCUFORGE_CACHE=str(folder / "cache"))
    assert run.code == 0, run.text
    return folder / "build" / "demo"


def facts(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def float16_tensors(model: Path) -> list[Tensor]:
    return [tensor for tensor in read_model(model).main.tensors if tensor.dtype is DType.FLOAT16]


@pytest.mark.slow
def test_weights_take_half_the_flash(built: Path, tmp_path: Path) -> None:
    shutil.copy(built / "model" / "float.tflite", tmp_path)
    in_float32 = build(tmp_path, "float.tflite", "")
    halves = {tensor.name for tensor in float16_tensors(built / "model" / "model.tflite")}
    plan = facts(built, PLAN)
    kept = sum(weight["bytes"] for weight in plan["weights"] if weight["tensor"] in halves)
    flash, whole = (facts(folder, SIZE)["causes"]["weights"]["flash"] for folder in (built, in_float32))
    assert whole - flash == kept > 40_000
    assert flash < 0.51 * whole


@pytest.mark.slow
def test_firmware_replays_bit_exactly_with_kernels_that_read_float16(built: Path) -> None:
    layers = facts(built, PLAN)["layers"]
    assert {layer["function"] for layer in layers} == {f"{kernel}_f32_w16" for kernel in KERNELS} | {
        *("prelu_f32", "softmax_f32")
    }
    emulation = facts(built, "nrf5340/emulate.json")
    assert emulation["mismatches"] == 0 and emulation["vectors"] == 4 and emulation["layer_outputs"] > 4000


@pytest.mark.slow
def test_the_gate_runs_the_float16_model_on_tflm(built: Path) -> None:
    accuracy = facts(built, "model/accuracy.json")
    assert accuracy["float"] == 1 and accuracy["converted"] > 0.9
    # 11 bits of each weight: some 66 dB.
    noise = [layer["sqnr_db"] for layer in accuracy["layers"] if layer["layer"] >= 0]
    assert len(noise) >= len(KERNELS) and 50 < min(noise) < max(noise) < 90


@pytest.mark.slow
def test_a_keras_model_gives_the_same_bytes_again(network: Path, built: Path, tmp_path: Path) -> None:
    shutil.copy(network / "small.keras", tmp_path)
    build_model(write_project(tmp_path, "small.keras", "quantize: {scheme: float16}\n"), tmp_path / "out")
    first = built / "model" / "model.tflite"
    assert (tmp_path / "out" / "model.tflite").read_bytes() == first.read_bytes()


def test_a_float_tflite_keeps_its_types_but_for_weights_and_gives_the_same_bytes_again(tmp_path: Path) -> None:
    require_extra("quantize")
    (tmp_path / "model.tflite").write_bytes(classifier())
    project = write_project(tmp_path, "model.tflite", "quantize: {scheme: float16}\n")
    for name in ("once", "again"):
        build_model(project, tmp_path / name, use_cache=False)
    first, second = (tmp_path / name / "model.tflite" for name in ("once", "again"))
    assert first.read_bytes() == second.read_bytes()
    main = read_model(first).main
    assert {main.tensors[index].dtype for index in (*main.inputs, *main.outputs)} == {DType.FLOAT32}
    assert [tensor.is_constant for tensor in float16_tensors(first)] == [True, True]


def test_calibration_data_is_said_to_change_nothing(tmp_path: Path) -> None:
    require_extra("quantize")
    (tmp_path / "model.tflite").write_bytes(classifier())
    models = []
    for calibration in ("", ", calibration: calibration.npz"):
        project = write_project(tmp_path, "model.tflite", f"quantize: {{scheme: float16{calibration}}}\n")
        notes = build_model(project, tmp_path / "out").facts.notes
        models.append((tmp_path / "out" / "model.tflite").read_bytes())
    assert notes == ("the scheme float16 needs no calibration data: the rows do not change the model",)
    assert models[0] == models[1]


def test_weights_beyond_the_range_are_refused(tmp_path: Path) -> None:
    require_extra("quantize")
    (tmp_path / "model.tflite").write_bytes(classifier(scale=1e5))
    project = write_project(tmp_path, "model.tflite", "quantize: {scheme: float16}\n")
    with pytest.raises(UserError, match=r"float16\) holds values that no float16 can: the largest is 65504") as caught:
        build_model(project, tmp_path / "out")
    assert caught.value.hint and "scheme: none" in caught.value.hint


def test_float16_weights_are_not_quantized_once_more(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="weights are float16: they are rounded already") as caught:
        EdgeModel(tmp_path / "model.tflite", "nothing", float16_layer(1)).quantized("int8", "int8", [])
    assert caught.value.hint and "scheme: float16" in caught.value.hint


@pytest.mark.parametrize(("value", "is_refused"), [(np.inf, True), (-65504, True), (65472, False), (np.nan, True)])
def test_what_converters_leave_at_the_end_of_the_range_is_found(value: float, is_refused: bool) -> None:
    """TensorFlow clamps what is too large, ai-edge-quantizer makes infinities of it."""
    try:
        check_range(Path("model.keras"), float16_layer(value))
    except UserError as error:
        assert is_refused and "tensor 2 `w`" in error.message
    else:
        assert not is_refused
