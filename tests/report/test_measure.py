"""Bytes by region and cause, read from real images."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.errors import InternalError, UserError
from mcuforge.manifest.load import list_boards, load_board, load_project
from mcuforge.report.elf import read_sections
from mcuforge.report.measure import LinkedImage, measure
from mcuforge.report.plan_facts import read_plan
from mcuforge.report.symbols import Symbol, split
from mcuforge.report.types import CAUSES, Cause, SizeReport
from mcuforge.resources import boards_dir
from mcuforge.toolchain.flags import compile_flags, link_flags
from mcuforge.toolchain.memory_map import has_memory_map, memory_map
from tests.report.builds import PLAN, TOOLCHAIN, Build, start_build, write_manifest
from tests.toolchain.images import DEMO_SOURCES, PROGRAM, link, write_scripts

BOARDS = [name for name, path in list_boards().items() if has_memory_map(load_board(path))]
# Sizes that leave gaps of different widths, and none.
SHAPES = (
    ("WEIGHTS_BYTES=3001", "ARENA_BYTES=5000"),
    ("WEIGHTS_BYTES=7", "ARENA_BYTES=65"),
    ("WEIGHTS_BYTES=4096", "ARENA_BYTES=4096"),
    ("WEIGHTS_BYTES=70003", "ARENA_BYTES=12345"),
)


def board_file(folder: Path, name: str, **placement: str) -> Path:
    """A copy of the Discovery board that places some things elsewhere."""
    text = (boards_dir() / "stm32f4-discovery.yaml").read_text()
    places = {"code": "flash", "weights": "flash", "data": "sram", "arena": "sram", "stack": "sram"}
    shown = ", ".join(f"{what}: {region}" for what, region in (places | placement).items())
    lines = [f"placement: {{{shown}}}" if line.startswith("placement:") else line for line in text.splitlines()]
    path = folder / f"{name}.yaml"
    path.write_text("\n".join(f"name: {name}" if line.startswith("name:") else line for line in lines) + "\n")
    return path


def causes(report: SizeReport, region: str) -> dict[str, int]:
    return {cause.name: cause.bytes for cause in report.causes_of(region)}


def symbols(cause: Cause) -> dict[str, int]:
    """{group/symbol: bytes} of a cause's tree."""
    return {f"{child.name}/{leaf.name}": leaf.bytes for child in cause.children for leaf in child.children}


def cause(report: SizeReport, region: str, name: str) -> Cause:
    return next(found for found in report.causes_of(region) if found.name == name)


def assert_as_the_linker_says(build: Build) -> None:
    report = build.measured()
    script, _ = write_scripts(build.board, build.folder, stack_bytes=build.stack_bytes)
    said = link(build.board, build.objects, script, build.folder / "again.elf")
    assert {region.name: region.used for region in report.regions} == said


@pytest.mark.parametrize("board", BOARDS)
def test_used_is_what_the_linker_says_to_the_byte_on_every_board(board: str, tmp_path: Path) -> None:
    assert_as_the_linker_says(start_build(tmp_path, board))


@pytest.mark.parametrize("board", ["nrf5340", "mps2-an385", "virt", "nucleo-h743zi"])
@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_used_is_what_the_linker_says_whatever_gaps_there_are(
    board: str, shape: tuple[str, ...], tmp_path: Path
) -> None:
    assert_as_the_linker_says(start_build(tmp_path, board, defines=shape))


def test_every_byte_has_the_cause_its_section_and_object_name(tmp_path: Path) -> None:
    report = start_build(tmp_path).measured()
    flash, sram = causes(report, "flash"), causes(report, "sram")
    assert flash["weights"] == 3001 + 4 * 7
    assert (sram["arena"], sram["stack"]) == (5000, 2000)
    runtime = symbols(cause(report, "flash", "runtime"))
    assert runtime["demo_weights.o/demo_quant_0_multiplier"] == 20
    assert {"startup.o/mcuf_vectors", "demo.o/demo_invoke"} <= set(runtime)
    assert "main.o/main" in symbols(cause(report, "flash", "app"))
    assert any(name.startswith("libm.a(") for name in symbols(cause(report, "flash", "libc")))
    assert 0 < flash["padding"] < 64 and flash["other"] == 0
    assert [found.name for found in report.causes_of("flash")] == list(CAUSES)


def test_what_a_streaming_model_remembers_is_a_cause_of_its_own(tmp_path: Path) -> None:
    state = "static int16_t demo_state_0[500];\nstatic _Bool demo_state_ready;\n"
    text = (
        (PROGRAM / "demo.c").read_text().replace("int32_t demo_invoke(void)\n{", state + "int32_t demo_invoke(void)\n{")
    )
    text = text.replace(
        "demo_arena[0] =",
        "if (!demo_state_ready) demo_state_0[demo_arena[3] & 127]++;\n    demo_state_ready = 1;\n    demo_arena[0] =",
    )
    source = tmp_path / "src" / "demo.c"
    source.parent.mkdir()
    source.write_text(text)
    build = start_build(tmp_path, sources=[source, *(path for path in DEMO_SOURCES if path.stem != "demo")])
    report = build.measured()
    sram = causes(report, "sram")
    assert (sram["state"], sram["arena"], causes(report, "flash")["state"]) == (1001, 5000, 0)
    assert set(symbols(cause(report, "sram", "state"))) == {"demo.o/demo_state_0", "demo.o/demo_state_ready"}
    # The budget of the arena is for what the planner lays out.
    assert report.arena.used == 5000


def test_weights_are_told_by_layer_and_tensor(tmp_path: Path) -> None:
    weights = cause(start_build(tmp_path).measured(), "flash", "weights")
    assert symbols(weights) == {
        "layer 2 CONV_2D/demo_weights_conv": 3001,
        "shared by layers 2, 3/demo_weights_bias": 28,
    }
    assert [leaf.note for group in weights.children for leaf in group.children] == ["filter", "bias"]


def test_kernels_are_told_by_function_helpers_too(tmp_path: Path) -> None:
    build = start_build(tmp_path)
    kernels = cause(build.measured(), "flash", "kernels")
    assert [child.name for child in kernels.children] == ["conv"]
    plan = build.plan
    assert plan.kernel_of("demo_conv") == plan.kernel_of("conv_row.isra.0") == "conv"
    assert plan.kernel_of("convolve") is None
    longer = replace(plan, layers=(*plan.layers, replace(plan.layers[0], function="conv_s8")))
    assert longer.kernel_of("demo_conv_s8_row") == "conv_s8"


def test_padding_is_a_cause_of_its_own(tmp_path: Path) -> None:
    padding = cause(start_build(tmp_path).measured(), "flash", "padding")
    assert {child.name for child in padding.children} <= {"inside sections", "between sections"}
    assert sum(child.bytes for child in padding.children) == padding.bytes > 0


def test_symbols_are_those_that_nm_names(tmp_path: Path) -> None:
    build = start_build(tmp_path)
    report = build.measured()
    listed = subprocess.run(["arm-none-eabi-nm", "-S", build.elf], capture_output=True, text=True, check=True).stdout
    sizes = {parts[3]: int(parts[1], 16) for parts in map(str.split, listed.splitlines()) if len(parts) == 4}
    app = symbols(cause(report, "sram", "app"))
    named = {name.partition("/")[2]: size for name, size in app.items() if name.startswith("main.o/")}
    assert {name: sizes[name] for name in ("initialised", "zeroed", "wide", "result")}.items() <= named.items()


def test_bytes_of_no_symbol_go_by_their_section(tmp_path: Path) -> None:
    table = (Symbol(0x100, 8, "a"), Symbol(0x104, 2, "inside_a"), Symbol(0x106, 6, "overlaps_a"), Symbol(0x110, 4, "b"))
    found = list(split(table, 0x100, 0x118, ".text.x"))
    assert found == [("a", 8), ("overlaps_a", 4), (".text.x", 4), ("b", 4), (".text.x", 4)]
    assert list(split(table, 0x112, 0x114, ".text.x")) == [(".text.x", 2)]


def test_initialised_data_counts_where_it_runs_and_where_it_is_loaded(tmp_path: Path) -> None:
    report = start_build(tmp_path).measured()
    for region in ("flash", "sram"):
        assert symbols(cause(report, region, "app"))["main.o/initialised"] == 13
    assert "main.o/zeroed" in symbols(cause(report, "sram", "app"))
    assert "main.o/zeroed" not in symbols(cause(report, "flash", "app"))


def test_weights_that_run_from_ram_count_in_both(tmp_path: Path) -> None:
    report = start_build(tmp_path, board_file(tmp_path, "copies", weights="sram")).measured()
    assert causes(report, "flash")["weights"] == causes(report, "sram")["weights"] == 3029


def test_an_arena_placed_in_the_ccm_counts_there_alone(tmp_path: Path) -> None:
    report = start_build(tmp_path, board_file(tmp_path, "with-ccm", arena="ccm")).measured()
    assert causes(report, "ccm") == dict.fromkeys(CAUSES, 0) | {"arena": 5000}
    assert causes(report, "sram")["arena"] == 0
    assert (report.region("ccm").used, report.region("ccm").capacity) == (5000, 64 * 1024)


def test_children_add_up_at_every_level(tmp_path: Path) -> None:
    def check(parent: Cause) -> None:
        assert sum(child.bytes for child in parent.children) == parent.bytes or not parent.children
        for child in parent.children:
            check(child)

    report = start_build(tmp_path).measured()
    for top in report.causes:
        check(top)
        assert bool(top.children) == bool(top.bytes)
    with pytest.raises(InternalError, match="do not add up"):
        Cause("weights", "flash", 3, (Cause("a.o", "flash", 2),))


def test_causes_that_do_not_explain_a_region_are_our_bug(tmp_path: Path) -> None:
    report = start_build(tmp_path).measured()
    with pytest.raises(InternalError, match="causes explain"):
        replace(report, causes=report.causes[1:])


def test_objects_of_another_build_systems_naming_are_attributed_the_same(tmp_path: Path) -> None:
    build = start_build(tmp_path)
    expected = causes(build.measured(), "flash")
    renamed = [item.rename(item.with_name(f"{item.stem}.c.obj")) for item in build.objects]
    assert causes(replace(build, objects=renamed).measured(), "flash") == expected


def test_a_program_on_the_host_is_measured_by_what_is_written_to(tmp_path: Path) -> None:
    host = load_board(boards_dir() / "host.yaml")
    elf, map_file = tmp_path / "demo.elf", tmp_path / "demo.map"
    flags = [*compile_flags(host.cpu), *link_flags(host.cpu), f"-Wl,-Map={map_file}"]
    subprocess.run(["gcc", *flags, f"-I{PROGRAM}", *DEMO_SOURCES, "-lm", "-o", elf], check=True)
    project = load_project(write_manifest(tmp_path, {}))
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    plan = read_plan(tmp_path / "plan.json")
    report = measure(LinkedImage(elf, map_file, (), "gcc"), project, host, plan)
    assert causes(report, "sram")["arena"] == report.arena.used == 5000
    assert causes(report, "flash")["weights"] == 3029
    assert report.stack.reserved == 0 and report.stack.bound is None
    assert causes(report, "flash")["libc"] > 0
    assert not {"Scrt1.o", "crti.o"} & {child.name for child in cause(report, "flash", "app").children}


def measured_with(build: Build, **change: int) -> SizeReport:
    """Measured as if the board's flash were different from what the image was linked for."""
    build.link()
    regions = [replace(item, **change) if item.name == "flash" else item for item in memory_map(build.board)]
    return measure(LinkedImage(build.elf, build.map, regions, TOOLCHAIN), build.project, build.board, build.plan)


def test_a_section_in_no_region_is_an_error_never_dropped(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"section `\.vectors` lies in no memory region of the board: 0x00000000"):
        measured_with(start_build(tmp_path), origin=0x40_0000)


def test_a_section_that_straddles_the_end_of_a_region_is_an_error(tmp_path: Path) -> None:
    build = start_build(tmp_path)
    build.link()
    text = next(section for section in read_sections(build.elf) if section.name == ".text")
    end = text.address + text.size
    with pytest.raises(
        UserError, match=rf"section `\.text` passes the end of flash by 7 B: 0x{text.address:08x} to 0x{end:08x}"
    ):
        measured_with(build, length=end - 7)


@pytest.mark.parametrize("keep", [0, 40, 3000])
def test_half_an_elf_file_is_refused(keep: int, tmp_path: Path) -> None:
    build = start_build(tmp_path)
    build.link()
    build.elf.write_bytes(build.elf.read_bytes()[:keep])
    with pytest.raises(UserError, match="this is not a whole ELF file"):
        measure(
            LinkedImage(build.elf, build.map, memory_map(build.board), TOOLCHAIN),
            build.project,
            build.board,
            build.plan,
        )
