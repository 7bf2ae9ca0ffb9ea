"""`scons … fit`: what boards fit, forecast without linking, and how near the forecast comes to the linker."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

from mcuforge.report.forecast.forecast import Forecast, fit_table
from tests.support.projects import MODELS, REFERENCE_MODELS, write_project
from tests.support.scons import ROOT, scons

NEAR = 0.02
TIMEOUT_S = 600.0


def manifests(folder: Path) -> list[str]:
    """hello, kws, and the reference models where there are any."""
    found = [str(ROOT / "projects" / name) for name in ("hello", "kws")]
    for name in REFERENCE_MODELS:
        model = MODELS / f"{name}.tflite"
        if model.exists():
            found.append(str(write_project(folder / name, model, name)))
    return found


def test_the_forecast_is_near_what_is_linked(tmp_path: Path) -> None:
    projects = ",".join(manifests(tmp_path / "projects"))
    words = (f"project={projects}", "board=nrf5340", f"build_dir={tmp_path / 'build'}")
    run = scons(*words, "forecast", "size", timeout=TIMEOUT_S)
    compared = 0
    for path in sorted((tmp_path / "build").glob("*/*/forecast.json")):
        told = json.loads(path.read_text())["regions"]
        regions = json.loads(path.with_name("size.json").read_text())["regions"]
        for name, use in regions.items():
            assert abs(told[name] - use["used"]) <= NEAR * use["used"], (path, name, told, use)
        compared += 1
    assert compared >= 2, run.text


def test_fit_lists_all_boards_and_links_none(tmp_path: Path) -> None:
    run = scons("project=hello", "fit", f"build_dir={tmp_path}")
    assert run.code == 0, run.text
    assert "LINK" not in run.verbs and "GENERATE" in run.verbs
    for board in ("nrf5340", "stm32f4-discovery", "mps2-an385"):
        assert f"\n{board} " in run.out
    assert "\nhost " not in run.out
    first = next(line.split()[0] for line in run.out.partition("BOARD")[2].splitlines() if line.endswith(" yes"))
    assert f"the smallest board that fits: {first}\n" in run.out


def test_a_board_that_is_too_small_says_by_how_much(tmp_path: Path) -> None:
    tiny = tmp_path / "tiny.yaml"
    text = """\
        schema: 1
        name: tiny
        extends: nrf5340.yaml
        source: a chip of our own
        memory: {flash: {length: 2 KiB}, sram: {length: 128 KiB}}
        reserved: []
        emulator: null
        """
    tiny.write_text(textwrap.dedent(text))
    manifest = write_project(tmp_path / "demo", ROOT / "projects" / "hello" / "hello.tflite")
    run = scons(f"project={manifest}", f"board={tiny}", "fit", f"build_dir={tmp_path / 'build'}")
    assert run.code == 0, run.text
    assert "no: flash is " in run.out and "B too small" in run.out and "no board fits" in run.out


def test_boards_are_listed_by_memory_and_refusals_last() -> None:
    def told(board: str, used: int, capacity: int) -> Forecast:
        return Forecast("demo", board, "cortex-m4", {"flash": used}, {"flash": capacity}, 10, 20)

    text = fit_table(
        [told("large", 100, 400), told("exact", 100, 100), told("small", 100, 99)], {"odd": "no toolchain"}
    )
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["small", "exact", "large", "odd"]
    assert lines[1].endswith("no: flash is 1 B too small") and lines[4].endswith("no: no toolchain")
    assert lines[5] == "the smallest board that fits: exact"
