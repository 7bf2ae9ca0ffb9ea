"""An Edge Impulse export as `model.source`: everything that a .tflite file can do, and its labels besides."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.cli import main
from mcuforge.convert.build import build_model
from mcuforge.errors import UserError
from mcuforge.manifest.load import find_board, load_board, load_project, make_target
from tests.cmake.running import Build
from tests.support.edge_impulse import NAME, Export, c_array
from tests.support.extras import require_extra
from tests.support.scons import ROOT, scons
from tests.support.tools import require

HELLO = (ROOT / "projects" / "hello" / "hello.tflite").read_bytes()
EXPORT = Export(HELLO, labels='"still", "moving"')


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))


def write(folder: Path, extra: str = "", source: str = "export.zip", export: Export = EXPORT) -> Path:
    folder.mkdir(exist_ok=True)
    export.write(folder / source)
    (folder / "project.yaml").write_text(
        f"schema: 1\nname: wave\nmodel: {{source: {source}}}\nboards: [nrf5340]\n{extra}", encoding="utf-8"
    )
    return folder / "project.yaml"


@pytest.mark.parametrize("source", ["export.zip", "export"])
def test_a_manifest_that_names_an_export_is_checked_with_its_model(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(write(tmp_path, source=source))]) == 0
    assert "ok: wave on nrf5340, 3 operators" in capsys.readouterr().out
    assert main(["check", str(write(tmp_path, "operators: [SOFTMAX]\n", source=source))]) == 2
    assert "FULLY_CONNECTED" in capsys.readouterr().err


def test_without_quantize_the_model_is_taken_as_it_is_and_no_package_is_needed(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, export=replace(EXPORT, image_scaling="MIN1_1")))
    made = build_model(project, tmp_path / "out")
    assert (tmp_path / "out" / "model.tflite").read_bytes() == HELLO
    assert made.facts.versions == {} and "MIN1_1" in made.facts.notes[0]
    assert made.summary() == "export.zip: its model is taken as it is"


def test_the_drop_from_a_float_model_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test.npz").touch()
    project = load_project(write(tmp_path, "accuracy: {dataset: test.npz, metric: top1, max_drop: 0.1}\n"))
    with pytest.raises(UserError, match="there is no float model to compare with"):
        make_target(project, load_board(find_board("nrf5340")))


def test_a_float_export_is_quantized_and_a_quantized_one_is_not(tmp_path: Path) -> None:
    require_extra("quantize")
    import numpy as np

    from tests.convert.models import CLASSES, classifier

    np.savez(tmp_path / "calibration.npz", x=np.eye(CLASSES, dtype=np.float32))
    quantize = "quantize: {scheme: int8, calibration: calibration.npz}\n"
    as_float = Export(classifier(), datatype="FLOAT32")
    build_model(load_project(write(tmp_path, quantize, export=as_float)), tmp_path / "out")
    assert (tmp_path / "out" / "float.tflite").read_bytes() == classifier()
    assert len((tmp_path / "out" / "model.tflite").read_bytes()) > 0
    with pytest.raises(UserError, match="quantized already"):
        build_model(load_project(write(tmp_path, quantize)), tmp_path / "out")


@pytest.mark.slow
def test_it_is_built_exported_and_built_again_when_the_export_changes(tmp_path: Path) -> None:
    require("arm-none-eabi-gcc")
    project = write(tmp_path / "wave")
    words = ("-Q", f"project={project}", "board=nrf5340", f"build_dir={tmp_path / 'build'}")
    output = tmp_path / "build" / "wave" / "nrf5340"
    first = scons(*words, output / "budget.ok", output / "wave.hex", "export-c")
    assert first.code == 0, first.text
    assert (output.parent / "model" / "model.tflite").read_bytes() == HELLO
    for folder in ("gen", "export/c"):
        assert '"still"' in "".join(path.read_text() for path in (output / folder).rglob("*.c")), folder
    again = scons(*words)
    assert again.code == 0 and not again.verbs, again.text

    # The model is the same: only the labels are.
    write(tmp_path / "wave", export=replace(EXPORT, labels='"off", "on"'))
    changed = scons(*words)
    assert changed.code == 0 and "GENERATE" in changed.verbs, changed.text
    assert '"off"' in "".join(path.read_text() for path in (output / "gen").glob("*.c"))


@pytest.mark.slow
def test_a_cmake_host_takes_an_unpacked_export_and_the_next_one_in_its_place(tmp_path: Path) -> None:
    require("cmake", "ninja")
    source = tmp_path / "app"
    write(source, source="export")
    (source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.19)\nproject(app C)\n"
        f'add_subdirectory("{ROOT}" mcuforge)\n'
        "mcuforge_add_model(TARGET wave MANIFEST project.yaml BOARD host)\n"
        "add_executable(app main.c)\ntarget_link_libraries(app PRIVATE wave)\n"
    )
    (source / "main.c").write_text(
        '#include <stdio.h>\n#include "wave.h"\n'
        "int main(void) { *wave_input() = 3; int bad = wave_invoke() != WAVE_OK;\n"
        '  printf("%d %s %d\\n", bad, wave_labels[0], wave_output()[0]); return 0; }\n'
    )
    build = Build(source, tmp_path / "out", {**os.environ})
    configured = build.configure("Ninja")
    assert configured.code == 0, configured.text
    assert build.build().code == 0
    assert build.program("app") == "0 still -8\n"
    assert "no work to do" in build.build().text

    # Studio gives the next export's files other names.
    shutil.rmtree(source / "export")
    renamed = replace(EXPORT, labels='"a", "b"', included=("tflite_learn_6.h",))
    files = {**renamed.files(), "tflite-model/tflite_learn_6.h": c_array(HELLO, "tflite_learn_6")}
    del files[f"tflite-model/{NAME}.h"]
    for name, content in files.items():
        (source / "export" / name).parent.mkdir(parents=True, exist_ok=True)
        (source / "export" / name).write_bytes(content.encode() if isinstance(content, str) else content)
    again = build.build()
    assert again.code == 0, again.text
    assert re.search(r"mcuforge: convert", again.text) and build.program("app") == "0 a -8\n"
