"""`scons … report` and `scons … size` end to end: written for whatever was built, never in the way of a verdict."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from mcuforge.report.formats import report_formats
from tests.support.projects import copy_hello
from tests.support.scons import Run, scons


def build(folder: Path, *words: str, **extra: str) -> Run:
    return scons(f"project={folder / 'hello'}", "board=nrf5340", f"build_dir={folder / 'build'}", *words, **extra)


def output(folder: Path, name: str) -> Path:
    return folder / "build" / "hello" / "nrf5340" / name


def set_flash_budget(folder: Path, budget: str) -> None:
    path = folder / "hello" / "project.yaml"
    text, count = re.subn(r"flash: [^,]+,", f"flash: {budget},", path.read_text())
    assert count == 1
    path.write_text(text)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reported")
    copy_hello(folder / "hello")
    run = build(folder, "report")
    assert run.code == 0, run.text
    assert "report.html" in run.out
    return folder


def test_a_report_has_all_formats_and_is_made_once(reported: Path) -> None:
    before = {name: output(reported, name).read_bytes() for name in report_formats()}
    assert all(before.values()) and json.loads(before["report.json"])["verdict"] == "ok"
    run = build(reported, "report")
    assert run.code == 0 and "REPORT" not in run.verbs
    assert {name: output(reported, name).read_bytes() for name in report_formats()} == before


def test_the_same_project_elsewhere_gives_the_same_numbers(reported: Path, tmp_path: Path) -> None:
    copy_hello(tmp_path / "hello")
    assert build(tmp_path, "report").code == 0
    for name in ("report.csv", "report.md", "size.tree.json"):
        assert output(tmp_path, name).read_bytes() == output(reported, name).read_bytes()


def test_over_budget_fails_and_is_reported_all_the_same(tmp_path: Path) -> None:
    copy_hello(tmp_path / "hello")
    assert build(tmp_path).code == 0 and output(tmp_path, "hello.hex").exists()
    set_flash_budget(tmp_path, "1 KiB")
    for _ in range(2):
        run = build(tmp_path, "report")
        assert run.code == 2 and "error: flash budget exceeded" in run.err
        document = json.loads(output(tmp_path, "report.json").read_text())
        assert document["verdict"] == "over"
        assert "flash budget exceeded" in output(tmp_path, "report.html").read_text()
        assert not output(tmp_path, "hello.hex").exists() and not output(tmp_path, "budget.ok").exists()
    set_flash_budget(tmp_path, "24 KiB")
    assert build(tmp_path, "report").code == 0
    assert json.loads(output(tmp_path, "report.json").read_text())["verdict"] == "ok"


def test_an_image_larger_than_its_chip_is_reported_and_leaves_nothing_to_flash(tmp_path: Path) -> None:
    manifest = copy_hello(tmp_path / "hello")
    manifest.write_text(manifest.read_text().replace("flash: 24 KiB, ", ""))
    lines = ["schema: 1", "name: tiny", "extends: nrf5340.yaml", "source: a chip of our own", "emulator: null"]
    tiny, build_dir = tmp_path / "tiny.yaml", tmp_path / "build"
    words = (f"project={manifest}", f"board={tiny}", f"build_dir={build_dir}", "report")
    made = build_dir / "hello" / "tiny"
    tiny.write_text("\n".join([*lines, "memory: {flash: {length: 1 KiB}}"]) + "\n")
    for _ in range(2):
        run = scons(*words)
        assert run.code == 2 and "error: flash of tiny exceeded by " in run.err
        document = json.loads((made / "report.json").read_text())
        assert document["verdict"] == "too-large" and document["regions"]["flash"]["used"] > 2048
        assert "Does not fit: 1 of 4 limits is exceeded" in (made / "report.html").read_text()
        assert not [path for path in made.iterdir() if path.suffix in (".elf", ".map", ".hex", ".bin", ".ok")]
    tiny.write_text("\n".join([*lines, "memory: {flash: {length: 64 KiB}}"]) + "\n")
    assert scons(*words).code == 0
    assert json.loads((made / "report.json").read_text())["verdict"] == "ok"


def test_a_failed_audit_is_in_the_report_and_fails_the_build(tmp_path: Path) -> None:
    manifest = copy_hello(tmp_path / "hello")
    source = (
        "#include <stdlib.h>\nvoid *volatile p; char a[64]; void *_sbrk(int n); void *_sbrk(int n) { return a + n; }\n"
    )
    (tmp_path / "hello" / "main.c").write_text(source + "int main(void) { p = malloc(8); return 0; }\n")
    manifest.write_text(manifest.read_text() + "app: {sources: [main.c]}\n")
    run = build(tmp_path, "report")
    assert run.code == 2 and "error: audit heap: the image uses a heap" in run.err
    assert "report.html: Fails: 1 of 8 checks fails" in run.out
    assert json.loads(output(tmp_path, "report.json").read_text())["verdict"] == "failed"


def test_a_failure_leaves_the_last_report(tmp_path: Path) -> None:
    copy_hello(tmp_path / "hello")
    assert build(tmp_path, "report").code == 0
    before = output(tmp_path, "report.html").read_bytes()
    # Out of date, and its worker cannot run: not JSON.
    output(tmp_path, "size.tree.json").write_text("{")
    run = build(tmp_path, "report")
    assert run.code == 2 and "REPORT" in run.verbs
    assert output(tmp_path, "report.html").read_bytes() == before


def test_an_emulation_is_part_of_the_report_from_then_on(tmp_path: Path) -> None:
    copy_hello(tmp_path / "hello")
    assert build(tmp_path, "report").code == 0
    assert json.loads(output(tmp_path, "report.json").read_text())["emulation"] is None
    run = build(tmp_path, "report", "emulate")
    assert run.code == 0 and run.verbs.index("EMULATE") < run.verbs.index("REPORT")
    for _ in range(2):
        document = json.loads(output(tmp_path, "report.json").read_text())
        assert document["emulation"]["mismatches"] == 0
        assert sum(layer["instructions"] for layer in document["layers"]) > 0
        run = build(tmp_path, "report")
        assert run.code == 0 and not {"EMULATE", "REPORT"} & set(run.verbs)


def test_github_marks_the_manifest_on_its_own_runners_only(tmp_path: Path) -> None:
    copy_hello(tmp_path / "hello")
    set_flash_budget(tmp_path, "1 KiB")
    assert "::error" not in build(tmp_path, GITHUB_ACTIONS="").text
    run = build(tmp_path, GITHUB_ACTIONS="true")
    assert re.search(r"^::error file=\S*project\.yaml,line=\d+,col=\d+,", run.out, re.MULTILINE)


@pytest.mark.parametrize("name", ["json", "csv", "tree"])
def test_size_prints_each_format_and_nothing_else(reported: Path, name: str) -> None:
    run = build(reported, "-Qs", "size", f"size={name}")
    assert run.code == 0, run.text
    size = json.loads(output(reported, "size.json").read_text())
    if name == "json":
        assert json.loads(run.out) == size
    elif name == "csv":
        rows = list(csv.DictReader(io.StringIO(run.out)))
        sums = {region: sum(int(row["bytes"]) for row in rows if row["region"] == region) for region in size["regions"]}
        assert sums == {region: use["used"] for region, use in size["regions"].items()}
    else:
        assert run.out.startswith("flash ") and "hello_fully_connected_s8" in run.out


def test_depth_goes_into_layers_and_kernels(reported: Path) -> None:
    run = build(reported, "size", "depth=2")
    assert re.search(r"^ +layer 1 FULLY_CONNECTED +\d+ B", run.out, re.MULTILINE)
    assert re.search(r"^ +fully_connected_s8 +\d+ B", run.out, re.MULTILINE)
    assert "hello_weights_" not in run.out
    assert "hello_weights_" in build(reported, "size", "depth=3").out


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("size=jason", "error: there is no size format `jason`\n  hint: did you mean `json`?"),
        ("depth=0", "error: depth=0 is not a number of levels"),
        ("depth=deep", "error: depth=deep is not a number of levels"),
    ],
)
def test_a_wrong_format_or_depth_is_an_error(reported: Path, word: str, message: str) -> None:
    run = build(reported, "size", word)
    assert run.code == 2 and message in run.err
