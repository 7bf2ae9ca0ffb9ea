"""Every source format on real models: converted, compared, and replayed bit-exactly as firmware."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mcuforge.convert.build import build_model
from mcuforge.errors import UserError
from mcuforge.manifest.load import load_project
from mcuforge.model.graph import DType
from mcuforge.model.reader import read_model
from tests.convert.models import classifier, classifier_project, write_project
from tests.support.extras import require_extra
from tests.support.projects import MODELS
from tests.support.scons import ROOT, scons

pytestmark = pytest.mark.slow

# Model, input shape, who can open it.
KERAS_MODELS = (
    ("ad01.h5", (640,), "Keras 3"),
    ("resnet8.h5", (32, 32, 3), "Keras 3"),
    ("str_ww_ref_model.h5", (30, 1, 40), "Keras 2"),
    ("vww_96.h5", (96, 96, 3), "Keras 2"),
    ("kws_saved_model", (49, 10, 1), "TensorFlow"),
)
INT8 = "quantize: {scheme: int8, calibration: calibration.npz}\ngolden: {random: 4}\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))


def calibration(model: str, shape: tuple[int, ...]) -> np.ndarray:
    real = ROOT.parent / "shared" / "data" / "sww_calibration_samples.npz"
    if model.startswith("str_ww") and real.exists():
        return np.load(real)["specs"].reshape(-1, *shape).astype(np.float32)
    return np.random.Generator(np.random.PCG64(1)).standard_normal((20, *shape)).astype(np.float32)


@pytest.mark.parametrize(("model", "shape", "loader"), KERAS_MODELS)
def test_reference_models_convert_to_int8_and_replay_bit_exactly(
    model: str, shape: tuple[int, ...], loader: str, tmp_path: Path
) -> None:
    require_extra("keras")
    if not (MODELS / model).exists():
        pytest.skip("needs the reference models")
    project = write_project(tmp_path, f"'{MODELS / model}'", INT8, calibration(model, shape))
    run = scons(f"project={project.path}", "board=nrf5340", f"build_dir={tmp_path / 'build'}", "emulate")
    assert run.code == 0, run.text
    assert loader in run.out and "bytes compared with TensorFlow Lite Micro, 0 differ" in run.out
    graph = read_model(tmp_path / "build" / "demo" / "model" / "model.tflite")
    assert {graph.main.tensors[index].dtype for index in (*graph.main.inputs, *graph.main.outputs)} == {DType.INT8}
    facts = json.loads((tmp_path / "build" / "demo" / "model" / "convert.json").read_text())
    assert facts["parity"] is None if loader == "TensorFlow" else facts["parity"] < 1e-5


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ("scheme: int8, io: float32", DType.FLOAT32),
        ("scheme: int16x8", DType.INT16),
        ("scheme: none", None),
    ],
)
def test_schemes_of_a_float_tflite_give_the_types_that_were_asked_for(
    settings: str, kind: DType | None, tmp_path: Path
) -> None:
    require_extra("quantize")
    (tmp_path / "model.tflite").write_bytes(classifier())
    project = write_project(tmp_path, "model.tflite", f"quantize: {{{settings}, calibration: calibration.npz}}\n")
    if kind is None:
        assert not project.is_converted
        return
    build_model(project, tmp_path / "out")
    main = read_model(tmp_path / "out" / "model.tflite").main
    assert {main.tensors[index].dtype for index in (*main.inputs, *main.outputs)} == {kind}
    inner = DType.INT16 if "int16" in settings else DType.INT8
    layers = [op for op in main.operators if op.kind == "FULLY_CONNECTED"]
    assert len(layers) == 2 and {main.tensors[op.outputs[0]].dtype for op in layers} == {inner}


def test_a_keras_model_gets_16_bit_activations_behind_float_inputs_where_asked(tmp_path: Path) -> None:
    require_extra("keras")
    shutil.copytree(ROOT / "projects" / "anomaly", tmp_path / "p")
    manifest = tmp_path / "p" / "project.yaml"
    manifest.write_text(manifest.read_text().replace("scheme: int8,", "scheme: int16x8, io: float32,"))
    build_model(load_project(manifest), tmp_path / "out")
    main = read_model(tmp_path / "out" / "model.tflite").main
    assert {main.tensors[index].dtype for index in (*main.inputs, *main.outputs)} == {DType.FLOAT32}
    layers = [op for op in main.operators if op.kind == "FULLY_CONNECTED"]
    assert len(layers) == 6
    for op in layers:
        assert [main.tensors[index].dtype for index in (*op.inputs[:2], *op.outputs)] == [
            *(DType.INT16, DType.INT8, DType.INT16)
        ]


def test_calibration_covers_the_whole_range_of_its_rows(tmp_path: Path) -> None:
    require_extra("quantize")
    rows = np.zeros((40, 4), np.float32)
    rows[0], rows[1] = 1, -1  # what is seen once, and first, counts as much as anything
    build_model(classifier_project(tmp_path, calibration=rows), tmp_path / "out")
    main = read_model(tmp_path / "out" / "model.tflite").main
    quantization = main.tensors[main.inputs[0]].quantization
    assert quantization is not None and quantization.scale == pytest.approx(2 / 255, rel=1e-3)


class _Payload:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self.path, "w")


def test_a_pickle_among_the_examples_of_a_pt2_archive_is_not_run(tmp_path: Path) -> None:
    require_extra("torch")
    payload = pickle.dumps(_Payload(tmp_path / "executed"))
    with (
        zipfile.ZipFile(ROOT / "projects" / "digits" / "digits.pt2") as source,
        zipfile.ZipFile(tmp_path / "model.pt2", "w") as target,
    ):
        names = source.namelist()
        assert any("/sample_inputs/" in name for name in names)
        for name in names:
            target.writestr(name, payload if "/sample_inputs/" in name else source.read(name))
    rows = np.zeros((20, 1, 8, 8), np.float32)
    project = write_project(tmp_path, "model.pt2", INT8, rows)
    with pytest.raises(UserError):
        build_model(project, tmp_path / "out")
    assert not (tmp_path / "executed").exists()


def _h5_with_layer(file: Path, layer: dict[str, object]) -> None:
    import h5py

    source = {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 4], "dtype": "float32"}}
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": [source, layer]}}
    with h5py.File(file, "w") as content:
        content.attrs["model_config"] = json.dumps(config)
        content.create_group("model_weights")


def test_a_lambda_in_an_h5_file_is_refused_by_name(tmp_path: Path) -> None:
    require_extra("keras")
    _h5_with_layer(tmp_path / "model.h5", {"class_name": "Lambda", "config": {"name": "scale"}})
    with pytest.raises(UserError, match="the layer `scale` is a Lambda"):
        build_model(write_project(tmp_path, "model.h5"), tmp_path / "out")


def test_a_layer_that_needs_custom_code_in_an_h5_file_is_refused_by_name(tmp_path: Path) -> None:
    require_extra("keras")
    _h5_with_layer(tmp_path / "model.h5", {"class_name": "Attention2D", "config": {"name": "mine"}})
    with pytest.raises(UserError, match="the layer class `Attention2D` is not part of Keras: it needs custom code"):
        build_model(write_project(tmp_path, "model.h5"), tmp_path / "out")
