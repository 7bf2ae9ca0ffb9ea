"""Compression of a real model: what is removed, what becomes zero, and that the result runs on TFLM."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mcuforge.convert.accuracy import assess
from mcuforge.convert.build import build_model
from mcuforge.errors import UserError
from mcuforge.manifest.load import load_project
from mcuforge.model.reader import read_model
from tests.support.extras import require_extra
from tests.support.scons import ROOT

pytestmark = pytest.mark.slow

require_extra("compress")

DATASET = """
from pathlib import Path
import numpy as np

def dataset():
    x = np.load(Path(__file__).with_name("calibration.npz"))["x"]
    x = np.concatenate([x] * 8)
    return x, x
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))


def compressed(folder: Path, block: str, data: str = DATASET) -> Path:
    """A copy of the anomaly example that compresses; returns its manifest."""
    shutil.copytree(ROOT / "projects" / "anomaly", folder, ignore=shutil.ignore_patterns("train.py", "README.md"))
    (folder / "data.py").write_text(data)
    manifest = folder / "project.yaml"
    manifest.write_text(manifest.read_text() + f"compress: {{data: data.py, {block}}}\n")
    return manifest


def test_channels_weights_and_rounding_together_give_a_smaller_model_that_still_works(tmp_path: Path) -> None:
    block = "channels: {remove: 0.25, epochs: 4}, prune: {sparsity: 0.5, epochs: 4}, "
    block += "quantization_aware_training: {epochs: 2}"
    project = load_project(compressed(tmp_path / "p", block))
    facts = build_model(project, tmp_path / "out").facts
    # 48, 24, 8, 24 and 48 units less a quarter each; the output keeps its 128.
    widths = (128, 36, 18, 6, 18, 36, 128)
    parameters = sum(before * after + after for before, after in pairwise(widths))
    assert facts.compression["parameters"] == parameters < facts.compression["parameters_before"]
    assert 0.45 < facts.compression["sparsity"] < 0.55
    main = read_model(tmp_path / "out" / "model.tflite").main
    kernels = [main.tensors[op.inputs[1]].array() for op in main.operators if op.kind == "FULLY_CONNECTED"]
    assert [kernel.shape[0] for kernel in kernels] == list(widths[1:])
    zeros = sum(int(np.sum(kernel == 0)) for kernel in kernels) / sum(kernel.size for kernel in kernels)
    assert zeros > 0.45, "training with rounding must keep the zeros"
    found = assess(project, tmp_path / "out" / "model.tflite", tmp_path / "out" / "float.tflite", tmp_path)
    assert found.exact is not None and found.exact > 0.9, "the reference is the model as it was trained"
    assert found.converted > 0.8 and not found.layers


def test_training_with_rounding_learns_the_ranges_that_calibration_misses(tmp_path: Path) -> None:
    manifest = compressed(tmp_path / "p", "quantization_aware_training: {epochs: 2}")
    x = np.load(tmp_path / "p" / "calibration.npz")["x"]
    np.savez(tmp_path / "p" / "training.npz", x=x)
    np.savez(tmp_path / "p" / "calibration.npz", x=x * np.float32(0.05))
    (tmp_path / "p" / "data.py").write_text(DATASET.replace("calibration.npz", "training.npz"))
    scores = {}
    for name, text in (
        ("trained", manifest.read_text()),
        ("calibrated", manifest.read_text().partition("compress:")[0]),
    ):
        manifest.write_text(text)
        output = tmp_path / name
        build_model(load_project(manifest), output)
        scores[name] = assess(load_project(manifest), output / "model.tflite", output / "float.tflite", tmp_path)
    assert scores["calibrated"].converted < 0.5, "the calibration must be as bad as the test needs it"
    reference = scores["trained"].exact
    assert reference is not None and scores["trained"].converted > reference - 0.01


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("x = 1\n", "it has no function `dataset`"),
        ("raise RuntimeError('no disk')\n", "it cannot be imported: RuntimeError: no disk"),
        ("def dataset(): return 1 / 0\n", "dataset() failed: ZeroDivisionError"),
        (
            "import numpy as np\ndef dataset(): return np.zeros((3, 5)), np.zeros(3)\n",
            "dataset() returns x of shape [3, 5]; the model takes ['n', 128]",
        ),
    ],
)
def test_bad_training_data_is_told_by_what_is_wrong(data: str, message: str, tmp_path: Path) -> None:
    from mcuforge.convert.compress.data import training_data

    (tmp_path / "data.py").write_text(data)
    with pytest.raises(UserError) as caught:
        training_data(tmp_path / "data.py", (128,))
    assert caught.value.message.startswith(message)


def test_widths_that_meet_in_an_addition_stay_and_flattened_channels_follow() -> None:
    import tf_keras

    from mcuforge.convert.compress.channels import remove_channels

    layers = tf_keras.layers
    x = layers.Input((8, 8, 3))
    first = layers.Conv2D(8, 3, padding="same", name="free")(x)
    depthwise = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(layers.BatchNormalization()(first))
    branch = layers.Conv2D(8, 1, name="met1")(depthwise)
    joined = layers.Add()([branch, layers.Conv2D(8, 1, name="met2")(x)])
    last = layers.Conv2D(4, 3, name="flattened")(layers.ReLU()(joined))
    model = tf_keras.Model(x, layers.Dense(2, name="scores")(layers.Flatten()(last)))
    smaller = remove_channels(Path("m.h5"), model, 0.5)
    widths = {layer.name: layer.output_shape[-1] for layer in smaller.layers if layer.get_weights()}
    assert (widths["free"], widths["depthwise"], widths["met1"], widths["met2"]) == (4, 4, 8, 8)
    assert (widths["flattened"], widths["scores"]) == (2, 2)
    assert smaller.get_layer("scores").get_weights()[0].shape == (2 * 6 * 6, 2)


def test_removed_channels_that_were_zero_change_nothing() -> None:
    import tf_keras

    from mcuforge.convert.compress.channels import remove_channels

    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [layers.Input((6, 6, 2)), layers.Conv2D(4, 3), layers.ReLU(), layers.Flatten(), layers.Dense(3)]
    )
    kernel, bias = model.layers[0].get_weights()
    kernel[..., [1, 2]], bias[[1, 2]] = 0, 0
    model.layers[0].set_weights([kernel, bias])
    functional = tf_keras.Model(model.inputs, model.outputs)
    x = np.random.Generator(np.random.PCG64(1)).standard_normal((5, 6, 6, 2)).astype(np.float32)
    smaller = remove_channels(Path("m.h5"), functional, 0.5)
    np.testing.assert_allclose(smaller(x).numpy(), model(x).numpy(), rtol=1e-4, atol=1e-5)
    assert smaller.count_params() < model.count_params()
