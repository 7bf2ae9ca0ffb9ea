"""The link worker: what it leaves behind, and what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.manifest.load import list_boards, load_board
from mcuforge.resources import boards_dir
from mcuforge.toolchain.memory_map import has_memory_map
from mcuforge.workers import link as link_worker
from mcuforge.workers import measure as measure_worker
from tests.report.builds import Build, start_build
from tests.toolchain.images import DEMO_SOURCES

TOO_MANY_WEIGHTS = ("WEIGHTS_BYTES=1300000",)


def left_behind(folder: Path) -> set[str]:
    return {item.name for item in folder.iterdir() if item.suffix in (".elf", ".map") or ".part" in item.name}


def with_source(folder: Path, text: str) -> Build:
    source = folder / "extra.c"
    source.write_text(text)
    return start_build(folder, sources=[source, *(item for item in DEMO_SOURCES if item.stem != "main")])


def failure(build: Build) -> UserError:
    with pytest.raises(UserError) as caught:
        link_worker.main(build.link_arguments(judged=False))
    return caught.value


def test_a_firmware_larger_than_its_chip_goes_to_the_verdict_which_removes_it(tmp_path: Path) -> None:
    build = start_build(tmp_path, defines=TOO_MANY_WEIGHTS, budgets={"sram": 1000})
    assert link_worker.main(build.link_arguments(judged=True)) == 0
    assert measure_worker.main(build.measure_arguments()) == 0
    flash = build.size()["regions"]["flash"]
    larger = start_build(tmp_path_of(tmp_path, "larger"), "mps2-an505", defines=TOO_MANY_WEIGHTS).measured()
    assert flash["verdict"] == "over" and flash["capacity"] == 1 << 20
    weights = next(cause for cause in larger.causes_of("flash") if cause.name == "weights")
    assert build.size()["causes"]["weights"]["flash"] == weights.bytes == 1_300_028
    with pytest.raises(UserError) as caught:
        build.check()
    text = caught.value.render()
    assert "error: flash of nrf5340 exceeded by 248.4 KiB" in text and "error: sram budget exceeded" in text
    assert left_behind(tmp_path) == set()


@pytest.mark.parametrize("board", [name for name, path in list_boards().items() if has_memory_map(load_board(path))])
def test_an_arena_larger_than_its_memory_is_told_to_the_byte_on_every_board(board: str, tmp_path: Path) -> None:
    place = load_board(boards_dir() / f"{board}.yaml")
    region = place.placement.arena
    used = start_build(tmp_path_of(tmp_path, "small"), board).measured().region(region).used
    room = place.capacity_bytes(region) - used
    build = start_build(tmp_path_of(tmp_path, "large"), board, defines=(f"ARENA_BYTES={5000 + room + 16}",))
    with pytest.raises(UserError, match=f"{region} of {board} exceeded by "):
        build.check()
    use = build.size()["regions"][region]
    # What lies behind the arena is aligned to eight bytes and the arena to sixteen: a gap may close or open.
    assert abs(use["used"] - use["capacity"] - 16) <= 16 and use["verdict"] == "over"


def tmp_path_of(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def test_a_twin_too_big_for_its_machine_is_measured_and_explained(tmp_path: Path) -> None:
    build = start_build(tmp_path, defines=TOO_MANY_WEIGHTS, budgets={"flash": 1 << 20, "stack": 2000})
    for name in ("demo.elf", "demo.map"):
        (tmp_path / name).write_text("of an earlier build")
    command = [sys.executable, "-m", "mcuforge.workers.link", *build.link_arguments(judged=False)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    location, _, rest = done.stderr.partition(": ")
    assert location.endswith("project.yaml:5:10")
    *told, hint = rest.splitlines()
    assert told == [
        "error: flash of nrf5340 exceeded by 248.4 KiB (1.2 MiB of 1.0 MiB)",
        "  largest: weights 1.2 MiB, libc 2.0 KiB, runtime 600 B",
    ]
    general, _, board = hint.partition("; the smallest board that fits is ")
    assert general == (
        "  hint: take a smaller model, or place weights in another region of the board, or take a larger chip; "
        "without any weights it would still be too large"  # the plan, which is made up, knows of 3 KiB
    )
    assert re.fullmatch(r"\S+ \(`scons … fit` forecasts all\)", board)
    assert left_behind(tmp_path) == set()


def test_without_a_budget_the_manifest_is_still_where_it_is_told(tmp_path: Path) -> None:
    error = failure(start_build(tmp_path, defines=("ARENA_BYTES=500000",)))
    text = error.render()
    assert "project.yaml:1:1: error: sram of nrf5340 exceeded by 42.4 KiB (490.4 KiB of 448.0 KiB)" in text
    assert "  largest: arena 488.3 KiB, stack 2.0 KiB, libc 101 B\n  64.0 KiB are reserved: shared with" in text
    assert "hint: the peak is layer 3 CONV_2D" in text


def test_what_is_measured_when_too_big_is_what_a_larger_chip_would_hold(tmp_path: Path) -> None:
    text = failure(start_build(tmp_path, defines=TOO_MANY_WEIGHTS)).render()
    larger = start_build(tmp_path, "mps2-an505", defines=TOO_MANY_WEIGHTS).measured()
    weights = next(cause for cause in larger.causes_of("flash") if cause.name == "weights")
    assert weights.bytes == 1_300_028
    assert "largest: weights 1.2 MiB" in text


def test_only_the_chip_is_judged_when_linking_for_a_twin_has_no_budget(tmp_path: Path) -> None:
    error = failure(start_build(tmp_path, defines=TOO_MANY_WEIGHTS, budgets={"sram": 100, "arena": 10}))
    assert "flash of nrf5340 exceeded" in error.render()
    assert "budget exceeded" not in error.render()


def test_another_error_is_passed_on_and_keeps_the_last_good_image(tmp_path: Path) -> None:
    build = start_build(tmp_path)
    build.link()
    before = build.elf.read_bytes()
    without_kernels = [item for item in build.objects if item.stem != "demo_kernels"]
    error = failure(replace(build, objects=without_kernels))
    assert error.render().splitlines()[0].endswith("error: cannot link " + str(build.elf))
    assert "undefined reference to `demo_conv'" in error.render()
    assert "collect2" not in error.render()
    assert build.elf.read_bytes() == before
    assert left_behind(tmp_path) == {"demo.elf", "demo.map"}


def test_too_big_and_otherwise_broken_tells_what_is_broken(tmp_path: Path) -> None:
    build = start_build(tmp_path, defines=TOO_MANY_WEIGHTS)
    error = failure(replace(build, objects=[item for item in build.objects if item.stem != "demo_kernels"]))
    assert "undefined reference to `demo_conv'" in error.render()
    assert "overflowed" not in error.render()


def test_a_program_that_needs_a_heap_is_told_so(tmp_path: Path) -> None:
    error = failure(
        with_source(tmp_path, "#include <stdlib.h>\nvoid *volatile p;\nint main(void) { p = malloc(5); return 0; }\n")
    )
    assert error.hint == "the image has no heap and no stdio; something linked in needs them (malloc, printf, …)"


def test_a_constructor_is_refused_not_forgotten(tmp_path: Path) -> None:
    error = failure(
        with_source(
            tmp_path,
            "void early(void);\nvolatile int x;\n"
            "__attribute__((constructor)) void early(void) { x = 1; }\nint main(void) { return x; }\n",
        )
    )
    assert error.details == ("constructors, which would run before main(), are not supported",)


def test_a_path_may_hold_spaces_commas_and_brackets(tmp_path: Path) -> None:
    folder = tmp_path / "a folder, (new)"
    folder.mkdir()
    report = start_build(folder).measured()
    plain = start_build(tmp_path).measured()
    assert [(c.name, c.region, c.bytes) for c in report.causes] == [(c.name, c.region, c.bytes) for c in plain.causes]


@pytest.mark.parametrize(
    ("worker", "heavy"),
    [
        ("link", {"yaml", "jsonschema", "elftools", "jinja2", "numpy", "SCons", "rich"}),
        ("measure", {"jinja2", "numpy", "SCons", "rich"}),
        ("budget", {"elftools", "jinja2", "numpy", "SCons", "rich"}),
    ],
)
def test_a_worker_imports_only_what_it_uses(worker: str, heavy: set[str]) -> None:
    code = f"import sys, mcuforge.workers.{worker}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & heavy == set()


def test_a_compiler_that_is_gone_is_named(tmp_path: Path) -> None:
    arguments = start_build(tmp_path).link_arguments()
    arguments[arguments.index("--gcc") + 1] = str(tmp_path / "gone-gcc")
    with pytest.raises(UserError, match="gone-gcc does not run: No such file"):
        link_worker.main(arguments)


def test_linking_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    build = start_build(tmp_path)
    build.link()
    first = build.elf.read_bytes(), build.map.read_bytes()
    build.link()
    assert (build.elf.read_bytes(), build.map.read_bytes()) == first
    assert left_behind(tmp_path) == {"demo.elf", "demo.map"}
