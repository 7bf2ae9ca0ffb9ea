"""Edge Impulse's C++ library exports, as their zip files are laid out, with real and with spoilt content."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import yaml

from mcuforge.cli import main
from mcuforge.errors import UserError
from mcuforge.model.edge_impulse import read_edge_impulse
from tests.support.scons import ROOT

HELLO = (ROOT / "projects" / "hello" / "hello.tflite").read_bytes()
SCALE, ZERO_POINT = "0.024639943614602089", -128


def c_array(data: bytes, name: str = "tflite_learn_5") -> str:
    values = ", ".join(f"0x{value:02x}" for value in data)
    return f"const unsigned char {name}[] ALIGN(16) = {{ {values} }};\nunsigned int {name}_len = {len(data)};\n"


def write_export(
    folder: Path, array: str, labels: str = '"yes", "a \\"b\\", c"', scale: str = SCALE, root: str = ""
) -> Path:
    variables = f"const char* ei_classifier_inferencing_categories_7[] = {{ {labels} }};\n"
    metadata = (
        f"#define EI_CLASSIFIER_TFLITE_INPUT_SCALE {scale}\n#define EI_CLASSIFIER_TFLITE_INPUT_ZEROPOINT {ZERO_POINT}\n"
    )
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{root}edge-impulse-sdk/big.h", "#error not ours\n")
        archive.writestr(f"{root}tflite-model/tflite_learn_5.h", array)
        archive.writestr(f"{root}model-parameters/model_variables.h", variables)
        archive.writestr(f"{root}model-parameters/model_metadata.h", metadata)
    return path


@pytest.mark.parametrize("root", ["", "kws-cpp-mcu-v3/"])
def test_model_labels_and_scaling_are_taken_from_it(root: str, tmp_path: Path) -> None:
    export = read_edge_impulse(write_export(tmp_path, c_array(HELLO), root=root))
    assert export.model == HELLO
    assert export.labels == ("yes", 'a "b", c')
    assert (export.scale, export.zero_point) == (float(SCALE), ZERO_POINT)


def test_a_new_project_takes_the_model_and_the_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_export(tmp_path, c_array(HELLO), labels='"on"')
    assert main(["new", "wave", "--from", "export.zip"]) == 0
    manifest = yaml.safe_load((tmp_path / "wave" / "project.yaml").read_text())
    assert manifest["labels"] == ["on"] and manifest["model"] == {"source": "wave.tflite"}
    assert (tmp_path / "wave" / "wave.tflite").read_bytes() == HELLO
    assert main(["check", "wave"]) == 0


def test_another_models_scaling_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_export(tmp_path, c_array(HELLO), scale="0.5")
    assert main(["new", "wave", "--from", "export.zip"]) == 2
    assert "export.zip: error: its parameters scale the input by (0.5, -128)" in capsys.readouterr().err
    assert not (tmp_path / "wave").exists()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ("TfLiteStatus trained_model_init(void);\n", "only code that the EON compiler made"),
        (c_array(b"\0" * 64), "only code that the EON compiler made"),
        (c_array(HELLO) + c_array(HELLO, "another"), "it holds 2 models"),
    ],
)
def test_an_export_without_one_model_says_what_to_do(array: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        read_edge_impulse(write_export(tmp_path, array))


def test_other_zip_files_and_broken_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.h", "nothing")
    with pytest.raises(UserError, match="no folder tflite-model"):
        read_edge_impulse(path)
    whole = write_export(tmp_path, c_array(HELLO)).read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:cut])
        with pytest.raises(UserError, match="not a whole zip file"):
            read_edge_impulse(path)


def test_a_manifest_that_names_the_archive_says_how_to_import_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_export(tmp_path, c_array(HELLO))
    (tmp_path / "project.yaml").write_text("schema: 1\nname: wave\nmodel: {source: export.zip}\n")
    assert main(["check", str(tmp_path)]) == 2
    assert "mcuforge new <name> --from export.zip" in capsys.readouterr().err


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tflite-model/a.h", b" " * (80 << 20))
    with pytest.raises(UserError, match="unpacks to more than 64 MiB"):
        read_edge_impulse(path)
