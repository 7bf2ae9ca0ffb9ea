"""Edge Impulse's C++ library exports, as they are laid out, with real and with spoilt content."""

from __future__ import annotations

import struct
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from mcuforge.cli import main
from mcuforge.errors import UserError
from mcuforge.model import export_files
from mcuforge.model.edge_impulse import read_edge_impulse
from tests.support.edge_impulse import NAME, Export, c_array
from tests.support.scons import ROOT

HELLO = (ROOT / "projects" / "hello" / "hello.tflite").read_bytes()
SCALING = ("0.024639943614602089", -128)
NEW = Export(HELLO)
OLD = replace(NEW, scaling=SCALING, included=())
"""Before Studio named the deployed model in model_variables.h."""


@pytest.mark.parametrize("where", ["export.zip", "export"])
@pytest.mark.parametrize("export", [NEW, OLD, replace(NEW, has_tflite_file=True)], ids=["array", "old", "both"])
def test_model_labels_and_scaling_are_taken_from_it(export: Export, where: str, tmp_path: Path) -> None:
    found = read_edge_impulse(export.write(tmp_path / where))
    assert found.model == HELLO
    assert found.labels == ("yes", 'a "b", c')
    assert found.scaling == (None if export.scaling is None else (float(SCALING[0]), SCALING[1]))
    assert found.image_scaling is None


def test_an_archive_may_have_a_folder_around_it(tmp_path: Path) -> None:
    assert read_edge_impulse(NEW.write(tmp_path / "x.zip", root="kws-cpp-mcu-v3/")).model == HELLO


def test_the_deployed_model_is_taken_and_not_one_that_an_earlier_export_left(tmp_path: Path) -> None:
    other = (ROOT / "projects" / "hello" / "hello.tflite").read_bytes() + b"\0" * 16
    export = replace(NEW, more={"tflite-model/tflite_learn_4.h": c_array(other, "tflite_learn_4")})
    assert read_edge_impulse(export.write(tmp_path / "x.zip")).model == HELLO


def test_scaling_of_pixels_is_named(tmp_path: Path) -> None:
    export = replace(NEW, image_scaling="TORCH")
    assert read_edge_impulse(export.write(tmp_path / "x.zip")).image_scaling == "TORCH"


def test_a_new_project_takes_the_model_and_the_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    replace(NEW, labels='"on"').write(tmp_path / "export.zip")
    assert main(["new", "wave", "--from", "export.zip"]) == 0
    manifest = yaml.safe_load((tmp_path / "wave" / "project.yaml").read_text())
    assert manifest["labels"] == ["on"] and manifest["model"] == {"source": "wave.tflite"}
    assert (tmp_path / "wave" / "wave.tflite").read_bytes() == HELLO
    assert main(["check", "wave"]) == 0


def test_a_new_project_is_not_begun_with_another_models_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    replace(OLD, scaling=("0.5", -128)).write(tmp_path / "export.zip")
    assert main(["new", "wave", "--from", "export.zip"]) == 2
    assert "export.zip: error: its parameters scale the input by (0.5, -128)" in capsys.readouterr().err
    assert not (tmp_path / "wave").exists()


EON = {f"tflite-model/{NAME}.h": "TfLiteStatus trained_model_init(void);\n"}


@pytest.mark.parametrize(
    ("export", "message"),
    [
        (replace(NEW, more=EON), "only code that the EON compiler made"),
        (replace(NEW, included=("tflite_learn_5_compiled.h",)), "only code that the EON compiler made"),
        # The anomaly block's model is a .tflite in any case: it must not be taken for the classifier.
        (replace(NEW, included=("tflite_learn_4_compiled.h", f"{NAME}.h")), "only code that the EON compiler made"),
        (Export(b"\0" * 64), "only code that the EON compiler made"),
        (Export(HELLO[:2000]), "lies outside the file"),
        (replace(OLD, more={"tflite-model/b.h": c_array(HELLO + b"\0", "b")}), "it holds 2 models"),
        (replace(NEW, datatype="FLOAT32"), "say that the input is float32, its model int8"),
        (replace(OLD, scaling=("1.2.3", 0)), "scaling is no number: 1.2.3"),
        (replace(NEW, labels='"a", "\\N{no"'), "label .* is no text"),
    ],
)
@pytest.mark.parametrize("where", ["export.zip", "export"])
def test_an_export_that_cannot_be_built_says_why(export: Export, message: str, where: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        read_edge_impulse(export.write(tmp_path / where))


@pytest.mark.parametrize("folder", ["tflite-model", "model-parameters"])
def test_a_missing_part_is_named(folder: str, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in NEW.files().items():
            if not name.startswith(folder):
                archive.writestr(name, content)
    with pytest.raises(UserError, match=f"there is no folder {folder} in it"):
        read_edge_impulse(path)


def test_broken_archives_are_refused(tmp_path: Path) -> None:
    path = NEW.write(tmp_path / "x.zip")
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:cut])
        with pytest.raises(UserError, match="not a whole zip file"):
            read_edge_impulse(path)


@pytest.mark.parametrize(
    "name", ["../tflite-model/a.h", "/tflite-model/a.h", "a/../../b", "..\\tflite-model\\a.h", "C:\\a", "\\\\host\\a"]
)
def test_an_archive_that_leads_out_of_itself_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="an entry that leads out of it"):
        read_edge_impulse(replace(NEW, more={name: "x"}).write(tmp_path / "x.zip"))
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    export = replace(NEW, more={f"other/tflite-model/{NAME}.h": "x"})
    with pytest.raises(UserError, match=f"holds `tflite-model/{NAME}.h` twice"):
        read_edge_impulse(export.write(tmp_path / "x.zip"))


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("tflite-model/a.h", b" " * (65 << 20))
    with pytest.raises(UserError, match="unpacks to more than 64 MiB"):
        read_edge_impulse(path)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_either(tmp_path: Path) -> None:
    path = replace(NEW, more={"tflite-model/a.h": " " * 100_000}).write(tmp_path / "x.zip")
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 100_000), struct.pack("<L", 100)))
    with pytest.raises(UserError, match=r"not a whole zip file: .*(CRC|size)"):
        read_edge_impulse(path)


def test_absurd_numbers_of_entries_are_counted_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = NEW.write(tmp_path / "x.zip")
    monkeypatch.setattr(export_files, "_MAX_ENTRIES", 5)
    assert read_edge_impulse(path).model == HELLO
    monkeypatch.setattr(export_files, "_MAX_ENTRIES", 4)
    with pytest.raises(UserError, match="more than 4 entries"):
        read_edge_impulse(path)
    monkeypatch.setattr(export_files, "_MAX_ARCHIVE_BYTES", 100)
    with pytest.raises(UserError, match="larger than 0 MiB"):
        read_edge_impulse(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_has_no_bound_is_refused(method: int, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("tflite-model/a.h", "x")
    with pytest.raises(UserError, match="packed in a rare way"):
        read_edge_impulse(path)


@pytest.mark.parametrize("text", ["unsigned char a[", "unsigned char a[] =", "unsigned char a[] = {0,", "unsigned  "])
def test_a_text_of_openings_without_ends_takes_no_longer_than_its_length(text: str, tmp_path: Path) -> None:
    export = replace(NEW, more={"tflite-model/a.h": text * 40_000})
    start = time.process_time()
    assert read_edge_impulse(export.write(tmp_path / "export")).model == HELLO
    assert time.process_time() - start < 5
