"""`scons … fit`: what boards fit, forecast without linking, and how near the forecast comes to the linker."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from mcuforge.convert.job import job_of
from mcuforge.convert.session import require_extra
from mcuforge.errors import UserError
from mcuforge.manifest.load import find_project, list_boards, load_board, load_project
from mcuforge.report.forecast.forecast import Forecast, fit_table
from mcuforge.toolchain.memory_map import has_memory_map
from tests.support.projects import MODELS, REFERENCE_MODELS, write_project
from tests.support.scons import ROOT, Run, scons

NEAR = 0.02
TIMEOUT_S = 600.0
ALL_BOARDS = [name for name, path in list_boards().items() if has_memory_map(load_board(path))]
# Either instruction set; the chip places code, data and arena in three memories.
KINDS_OF_BOARDS = ("nucleo-h743zi", "virt")
CONVERTED = ("kws", "digits", "anomaly", "wine")


def assert_forecasts_are_near(projects: Sequence[str], boards: Sequence[str], folder: Path) -> None:
    """In every region of every project on every board."""
    words = (f"project={','.join(projects)}", f"board={','.join(boards)}", f"build_dir={folder}")
    run = scons(*words, "forecast", "size", timeout=TIMEOUT_S)
    assert run.code == 0, run.text
    found = sorted(folder.glob("*/*/forecast.json"))
    assert len(found) == len(projects) * len(boards)
    for path in found:
        told = json.loads(path.read_text())["regions"]
        regions = json.loads(path.with_name("size.json").read_text())["regions"]
        assert list(told) == list(regions)
        for name, use in regions.items():
            assert abs(told[name] - use["used"]) <= NEAR * use["used"], (path, name, told, use)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """`fit` of hello, and its build folder: all boards compiled, none linked."""
    folder = tmp_path_factory.mktemp("fit")
    run = scons("project=hello", "fit", f"build_dir={folder}", timeout=TIMEOUT_S)
    assert run.code == 0, run.text
    return run, folder


def test_fit_lists_all_boards_and_links_none(fitted: tuple[Run, Path]) -> None:
    run, _ = fitted
    assert "LINK" not in run.verbs and "GENERATE" in run.verbs
    for board in ALL_BOARDS:
        assert f"\n{board} " in run.out
    assert "\nhost " not in run.out
    first = next(line.split()[0] for line in run.out.partition("BOARD")[2].splitlines() if line.endswith(" yes"))
    assert f"the smallest board that fits: {first}\n" in run.out


def test_the_forecast_is_near_what_is_linked_on_every_board(fitted: tuple[Run, Path]) -> None:
    _, folder = fitted
    assert_forecasts_are_near(["hello"], ALL_BOARDS, folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCE_MODELS)
def test_the_forecast_of_a_reference_model_is_near_for_each_kind_of_board(name: str, tmp_path: Path) -> None:
    model = MODELS / f"{name}.tflite"
    if not model.exists():
        pytest.skip(f"{model} is not here")
    manifest = write_project(tmp_path / name, model, name)
    assert_forecasts_are_near([str(manifest)], KINDS_OF_BOARDS, tmp_path / "build")


@pytest.mark.slow
@pytest.mark.parametrize("name", CONVERTED)
def test_the_forecast_of_an_example_is_near_for_each_kind_of_board(name: str, tmp_path: Path) -> None:
    try:
        require_extra(job_of(load_project(find_project(name))))
    except UserError as error:
        pytest.skip(error.message)
    assert_forecasts_are_near([name], KINDS_OF_BOARDS, tmp_path)


def test_chips_that_are_too_small_are_forecast_as_exactly(tmp_path: Path) -> None:
    """An image that the linker refuses is measured all the same, and the forecast told so before."""
    tiny = write_tiny_board(tmp_path)
    manifest = write_project(tmp_path / "demo", ROOT / "projects" / "hello" / "hello.tflite")
    assert_forecasts_are_near([str(manifest)], [str(tiny)], tmp_path / "build")
    told = json.loads((tmp_path / "build" / "demo" / "tiny" / "forecast.json").read_text())
    assert told["regions"]["flash"] > told["capacity"]["flash"]


def write_tiny_board(folder: Path) -> Path:
    path = folder / "tiny.yaml"
    text = """\
        schema: 1
        name: tiny
        extends: nrf5340.yaml
        source: a chip of our own
        memory: {flash: {length: 2 KiB}, sram: {length: 128 KiB}}
        reserved: []
        emulator: null
        """
    path.write_text(textwrap.dedent(text))
    return path


def test_a_board_that_is_too_small_says_by_how_much(tmp_path: Path) -> None:
    tiny = write_tiny_board(tmp_path)
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
