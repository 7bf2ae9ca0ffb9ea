"""Budgets, to the byte, on real images; and what a person reads when one breaks."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.report.formats.json import read_json, to_json
from mcuforge.report.formats.text import to_text
from mcuforge.report.types import CAUSES, SizeReport
from mcuforge.report.verdicts import limits_error, verdicts
from mcuforge.resources import boards_dir
from tests.report.builds import PLAN, Build, start_build, write_manifest

# What the demo takes on nrf5340; stated once, checked by the first test.
ARENA, STACK = 5000, 2000


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> SizeReport:
    return start_build(tmp_path_factory.mktemp("demo")).measured()


@pytest.fixture(scope="module")
def used(report: SizeReport) -> dict[str, int]:
    regions = {region.name: region.used for region in report.regions}
    return regions | {"arena": report.arena.used, "stack": report.stack.reserved}


def test_the_demo_is_what_these_tests_expect(used: dict[str, int]) -> None:
    assert (used["arena"], used["stack"]) == (ARENA, STACK)
    assert used["sram"] > ARENA + STACK


@pytest.mark.parametrize("name", ["flash", "sram", "arena", "stack"])
def test_at_the_budget_passes_and_one_byte_over_fails(name: str, used: dict[str, int], tmp_path: Path) -> None:
    build = start_build(tmp_path, budgets={name: used[name]})
    build.check()
    assert f"ok   {name}: {used[name]} of {used[name]} bytes (budget)\n" in build.verdict.read_text()

    write_manifest(tmp_path, {name: used[name] - 1})
    with pytest.raises(UserError) as caught:
        replace(build, project=build.project).check()
    first = caught.value.render().splitlines()[0]
    expected = f"error: {name} budget exceeded by 1 B ({used[name]} of {used[name] - 1} bytes)"
    assert first.endswith(f"project.yaml:5:{len(name) + 5}: {expected}")
    assert not build.verdict.exists()


@pytest.mark.parametrize(
    ("board", "name"),
    [
        *(("nucleo-h743zi", region) for region in ("flash", "sram", "dtcm")),
        *(("virt", region) for region in ("flash", "sram")),
        ("nucleo-l476rg", "sram"),
    ],
)
def test_every_region_of_every_layout_binds_to_the_byte(board: str, name: str, tmp_path: Path) -> None:
    """Boards whose arena, data and stack lie in different memories, and another instruction set."""
    used = start_build(tmp_path, board).measured().region(name).used
    assert used > 0
    build = start_build(tmp_path, board, budgets={name: used})
    build.check()
    write_manifest(tmp_path, {name: used - 1})
    with pytest.raises(UserError, match=rf"{name} budget exceeded by 1 B \({used} of {used - 1} bytes\)"):
        build.check()


def test_a_chip_one_byte_too_small_is_refused_by_the_linker_and_told_exactly(tmp_path: Path) -> None:
    """The flash of a chip as large as the image, and one byte less: by the linker's own judgement."""
    used = start_build(tmp_path).measured().region("flash").used
    for missing in (0, 1):
        board = tmp_path / "tight.yaml"
        text = f"schema: 1\nname: tight\nextends: {boards_dir() / 'nrf5340.yaml'}\nsource: ours\nemulator: null\n"
        board.write_text(f"{text}memory: {{flash: {{length: {used - missing}}}}}\n")
        (folder := tmp_path / f"missing{missing}").mkdir()
        build = start_build(folder, board)
        if not missing:
            build.check()
            continue
        with pytest.raises(UserError, match=rf"flash of tight exceeded by 1 B \({used} of {used - 1} bytes\)"):
            build.check()
        assert build.size()["regions"]["flash"] == {
            "used": used,
            "capacity": used - 1,
            "budget": None,
            "verdict": "over",
        }


def test_sram_over_budget_names_the_arena_and_the_peak(tmp_path: Path) -> None:
    build = start_build(tmp_path, budgets={"flash": 96 * 1024, "sram": 5 * 1024})
    with pytest.raises(UserError) as caught:
        build.check()
    location, _, rest = caught.value.render().partition(": ")
    assert location.endswith("project.yaml:6:9")
    assert rest == (
        "error: sram budget exceeded by 2.0 KiB (7.0 KiB of 5.0 KiB)\n"
        "  largest: arena 4.9 KiB, stack 2.0 KiB, libc 101 B\n"
        "  hint: the peak is layer 3 CONV_2D (in 1.6 KiB + out 3.1 KiB); a budget of 8 KiB fits; "
        "layer 3 CONV_2D would have to hold 1.8 KiB less"
    )


def test_every_broken_budget_is_told_at_once(tmp_path: Path) -> None:
    build = start_build(tmp_path, budgets={"flash": 1024, "arena": 1000, "sram": 400 * 1024})
    with pytest.raises(UserError) as caught:
        build.check()
    text = caught.value.render()
    assert "project.yaml:5:10: error: flash budget exceeded by 4.8 KiB (5.8 KiB of 1.0 KiB)\n  largest: weights" in text
    assert (
        "project.yaml:6:10: error: arena budget exceeded by 3.9 KiB (4.9 KiB of 1000 B)\n"
        "  largest: conv 3.1 KiB, relu 1.6 KiB\n"
        "  hint: the peak is layer 3 CONV_2D (in 1.6 KiB + out 3.1 KiB); a budget of 5 KiB fits"
    ) in text
    assert "sram" not in text


def test_a_failure_prints_the_table_and_leaves_no_image_to_flash(tmp_path: Path) -> None:
    build = start_build(tmp_path, budgets={"flash": 1024})
    with pytest.raises(UserError):
        build.check()
    for name in ("demo.hex", "demo.bin", "budget.ok"):
        (tmp_path / name).write_text("of an earlier build")
    command = [sys.executable, "-m", "mcuforge.workers.budget", *build.budget_arguments()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout.startswith("demo on nrf5340 (aot)\n  flash  [#############################!]")
    assert "error: flash budget exceeded by 4.8 KiB" in done.stderr
    assert "Traceback" not in done.stderr
    assert [name for name in ("demo.hex", "demo.bin", "budget.ok") if (tmp_path / name).exists()] == []


def test_a_region_without_a_budget_is_held_to_the_chip(report: SizeReport, tmp_path: Path) -> None:
    build = start_build(tmp_path, budgets={"arena": 6000})
    kinds = {verdict.region: verdict.kind for verdict in verdicts(report, build.project, build.board)}
    assert kinds == {"flash": "capacity", "sram": "capacity", "arena": "budget"}
    build.check()
    size = build.size()
    assert size["regions"]["flash"]["budget"] is None
    assert size["arena"]["budget"] == 6000
    assert size["stack"]["budget"] is None


def grown(report: SizeReport, build: Build, cause: str, region: str, count: int) -> UserError:
    """What is said when a cause takes `count` more bytes of a region."""
    causes = tuple(
        replace(item, bytes=item.bytes + count, children=()) if (item.name, item.region) == (cause, region) else item
        for item in report.causes
    )
    regions = tuple(replace(item, used=item.used + count) if item.name == region else item for item in report.regions)
    changed = replace(report, causes=causes, regions=regions)
    error = limits_error(verdicts(changed, build.project, build.board), changed, build.board, build.plan)
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("cause", "region", "advice"),
    [
        ("weights", "flash", "take a smaller model, or place weights in another region of the board, or take a larger"),
        ("arena", "sram", "the peak is layer 3 CONV_2D (in 1.6 KiB + out 3.1 KiB); take a model with smaller layers"),
        ("stack", "sram", "lower the stack budget, or take a larger chip"),
        ("app", "sram", "take data out of the app, or take a larger chip"),
        ("libc", "flash", "make libc smaller, or take a larger chip"),
    ],
)
def test_a_chip_too_small_gets_advice_for_what_takes_the_most(
    report: SizeReport, tmp_path: Path, cause: str, region: str, advice: str
) -> None:
    text = grown(report, start_build(tmp_path), cause, region, 2 << 20).render()
    assert f"hint: {advice}" in text
    assert f"error: {region} of nrf5340 exceeded by" in text
    assert ("64.0 KiB are reserved: shared with the network core" in text) == (region == "sram")


def test_at_the_chips_capacity_passes_and_one_byte_over_fails(report: SizeReport, tmp_path: Path) -> None:
    build = start_build(tmp_path)
    room = report.region("sram").capacity - report.region("sram").used
    fits = replace(
        report,
        regions=tuple(replace(r, used=r.used + room) if r.name == "sram" else r for r in report.regions),
        causes=tuple(
            replace(c, bytes=c.bytes + room, children=()) if (c.name, c.region) == ("app", "sram") else c
            for c in report.causes
        ),
    )
    assert all(verdict.ok for verdict in verdicts(fits, build.project, build.board))
    assert "exceeded by 1 B (458753 of 458752 bytes)" in grown(fits, build, "app", "sram", 1).render()


def test_size_json_has_exactly_the_designs_keys_in_order(tmp_path: Path) -> None:
    build = start_build(tmp_path, budgets={"flash": 98304, "arena": 8192, "stack": 4096})
    build.check()
    size = build.size()
    assert list(size) == [
        *("schema_version", "project", "board", "runtime", "regions", "causes", "arena", "stack", "model", "toolchain")
    ]
    assert list(size["regions"]["flash"]) == ["used", "capacity", "budget", "verdict"]
    assert list(size["causes"]) == list(CAUSES)
    assert size["regions"]["flash"]["verdict"] == "ok"
    assert size["arena"] == {"used": ARENA, "lower_bound": 4800, "budget": 8192}
    assert size["stack"] == {"bound": None, "budget": 4096, "reserved": STACK, "chain": []}
    assert size["model"] == {"sha256": "ab" * 32, "operators": {"CONV_2D": 2}, "macs": 1234}
    assert (size["toolchain"], size["runtime"]) == ("arm-none-eabi-gcc 12.2.1", "aot")
    for region, use in size["regions"].items():
        assert sum(cause[region] for cause in size["causes"].values()) == use["used"]


def test_size_json_reads_back_as_it_was(report: SizeReport, tmp_path: Path) -> None:
    path = tmp_path / "size.json"
    path.write_text(to_json(report))
    assert to_json(read_json(path)) == to_json(report)
    over = replace(report, regions=tuple(replace(region, budget=1) for region in report.regions))
    assert json.loads(to_json(over))["regions"]["sram"]["verdict"] == "over"


def test_a_file_of_an_earlier_version_knows_fewer_causes(report: SizeReport, tmp_path: Path) -> None:
    document = json.loads(to_json(report))
    for region, count in document["causes"].pop("padding").items():
        document["causes"]["other"][region] += count
    del document["causes"]["state"]
    path = tmp_path / "size.json"
    path.write_text(json.dumps(document))
    flash = {cause.name: cause.bytes for cause in read_json(path).causes_of("flash")}
    assert (flash["padding"], flash["state"]) == (0, 0) and flash["other"] > 0


def test_the_table_shows_each_region_with_its_causes(report: SizeReport) -> None:
    lines = to_text(report).splitlines()
    assert lines[0] == "demo on nrf5340 (aot)"
    assert lines[3] == ("  sram   [#.............................]     7.0 KiB of  448.0 KiB (capacity)   1.6 %")
    assert lines[4].strip() == "arena 4.9 KiB, stack 2.0 KiB, libc 101 B, app 66 B, padding 21 B"
    assert lines[5:] == ["  arena  4.9 KiB, lower bound 4.7 KiB", "  stack  2.0 KiB reserved"]
    assert to_text(report).isascii()


def test_a_full_region_fills_its_bar(report: SizeReport) -> None:
    full = replace(report, regions=tuple(replace(region, budget=region.used) for region in report.regions))
    assert to_text(full).splitlines()[1].startswith("  flash  [##############################]")


def test_a_model_that_computes_nothing_has_no_peak_to_name(tmp_path: Path) -> None:
    build = start_build(tmp_path, budgets={"arena": 10})
    arena = {**PLAN["arena"], "peak": None}  # type: ignore[dict-item]
    build.plan_json.write_text(json.dumps({**PLAN, "arena": arena}))
    with pytest.raises(UserError) as caught:
        build.check()
    assert caught.value.render().endswith(
        "error: arena budget exceeded by 4.9 KiB (4.9 KiB of 10 B)\n  hint: a budget of 5 KiB fits"
    )
