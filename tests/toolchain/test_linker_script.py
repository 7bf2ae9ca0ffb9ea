"""Where things land: linked with the real linker, read back from the ELF file."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from mcuforge.manifest.types import Board, Placement
from mcuforge.toolchain.linker_script import linker_script, measure_script
from mcuforge.toolchain.memory_map import memory_map, spread
from tests.toolchain.boards import BARE_METAL, KIB, NRF5340, STM32F4, board, region
from tests.toolchain.images import DEMO_SOURCES, compile_objects, link, write_scripts

# Weights that run from RAM, loaded from flash with the code.
WEIGHTS_IN_RAM = replace(NRF5340, name="weights-in-ram", placement=replace(NRF5340.placement, weights="sram"))
# Weights in a flash chip of their own; everything else in RAM, as an emulator or a debugger loads it.
WEIGHTS_OUTSIDE = board(
    "weights-outside",
    NRF5340.cpu,
    [region("ram", 0x2000_0000, 256, "rwx"), region("qspi", 0x1000_0000, 8192, "r")],
    Placement(code="ram", weights="qspi", data="ram", arena="ram", stack="ram"),
)


class Image:
    """Sections and symbols of a linked ELF file, by name."""

    def __init__(self, elf: Path) -> None:
        with elf.open("rb") as stream:
            file = ELFFile(stream)
            self.sections = {s.name: s.header for s in file.iter_sections()}
            self.symbols = {s.name: s.entry.st_value for s in file.get_section_by_name(".symtab").iter_symbols()}
            self.loads = [s.header for s in file.iter_segments("PT_LOAD")]

    def load_address(self, section: str) -> int:
        start = self.sections[section].sh_addr
        segment = next(s for s in self.loads if s.p_vaddr <= start < s.p_vaddr + s.p_memsz)
        return int(start - segment.p_vaddr + segment.p_paddr)


def build(target: Board, folder: Path, *defines: str) -> Image:
    script, _ = write_scripts(target, folder)
    link(target, compile_objects(target, folder, DEMO_SOURCES, defines), script, folder / "demo.elf")
    return Image(folder / "demo.elf")


def region_of(target: Board, address: int) -> str:
    return next(item.name for item in memory_map(target) if item.origin <= address < item.end)


@pytest.mark.parametrize("target", [*BARE_METAL, WEIGHTS_IN_RAM, WEIGHTS_OUTSIDE], ids=lambda target: target.name)
def test_sections_land_where_the_board_places_them(target: Board, tmp_path: Path) -> None:
    image = build(target, tmp_path)
    placement = target.placement
    expected = {
        **dict.fromkeys((".vectors", ".text", ".rodata"), placement.code),
        **dict.fromkeys((".data", ".bss"), placement.data),
        ".weights": placement.weights,
        ".arena": placement.arena,
        ".stack": placement.stack,
    }
    assert {name: region_of(target, image.sections[name].sh_addr) for name in expected} == expected
    assert image.sections[".vectors"].sh_addr == target.memory[placement.code].origin or placement.stack == "ram"
    assert region_of(target, image.load_address(".data")) == placement.code
    assert {image.sections[name].sh_type for name in (".stack", ".arena", ".bss")} == {"SHT_NOBITS"}


def test_the_stack_is_first_in_its_region_aligned_and_no_larger_than_asked(tmp_path: Path) -> None:
    objects = compile_objects(NRF5340, tmp_path, DEMO_SOURCES)
    script, _ = write_scripts(NRF5340, tmp_path, stack_bytes=2003)
    link(NRF5340, objects, script, tmp_path / "demo.elf")
    image = Image(tmp_path / "demo.elf")
    assert image.sections[".stack"].sh_addr == 0x2000_0000
    assert image.symbols["mcuf_stack_top"] - image.symbols["mcuf_stack_limit"] == 2000


def test_the_arena_of_the_discovery_board_is_alone_in_the_ccm(tmp_path: Path) -> None:
    image = build(STM32F4, tmp_path)
    in_ccm = {name for name, s in image.sections.items() if s.sh_flags & 2 and region_of(STM32F4, s.sh_addr) == "ccm"}
    assert in_ccm == {".arena"}
    assert image.symbols["demo_arena"] == 0x1000_0000


def test_weights_that_run_from_ram_are_loaded_from_flash(tmp_path: Path) -> None:
    image = build(WEIGHTS_IN_RAM, tmp_path)
    assert region_of(WEIGHTS_IN_RAM, image.symbols["demo_weights_conv"]) == "sram"
    assert region_of(WEIGHTS_IN_RAM, image.symbols["mcuf_weights_load"]) == "flash"


def test_constants_computed_at_build_time_are_not_weights(tmp_path: Path) -> None:
    image = build(WEIGHTS_OUTSIDE, tmp_path)
    assert region_of(WEIGHTS_OUTSIDE, image.symbols["demo_quant_0_multiplier"]) == "ram"


def test_an_image_needs_no_heap_no_constructors_no_unwinder(tmp_path: Path) -> None:
    image = build(NRF5340, tmp_path)
    unwanted = ("sbrk", "malloc", "unwind", "init_array", "printf", "exit")
    assert [name for name in image.symbols if any(word in name for word in unwanted)] == []
    assert not {".init_array", ".ARM.exidx", ".eh_frame"} & set(image.sections)


def test_a_program_that_needs_a_heap_does_not_link(tmp_path: Path) -> None:
    (tmp_path / "heap.c").write_text(
        "#include <stdlib.h>\nvoid *volatile p;\nint main(void) { p = malloc(5); return 0; }\n"
    )
    objects = compile_objects(NRF5340, tmp_path, [tmp_path / "heap.c"])
    script, _ = write_scripts(NRF5340, tmp_path)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        link(NRF5340, objects, script, tmp_path / "demo.elf")
    assert "undefined reference to `_sbrk'" in caught.value.stderr


def test_a_section_with_no_place_is_an_error_not_a_guess(tmp_path: Path) -> None:
    (tmp_path / "odd.c").write_text(
        '__attribute__((section(".odd"))) volatile int odd = 1;\nint main(void) { return odd; }\n'
    )
    objects = compile_objects(NRF5340, tmp_path, [tmp_path / "odd.c"])
    script, _ = write_scripts(NRF5340, tmp_path)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        link(NRF5340, objects, script, tmp_path / "demo.elf")
    assert "unplaced orphan section `.odd'" in caught.value.stderr


def test_lengths_leave_out_what_the_board_reserves() -> None:
    assert "LENGTH = 0x70000" in linker_script(NRF5340, "demo", 2 * KIB)


@pytest.mark.parametrize("target", BARE_METAL, ids=lambda target: target.name)
def test_the_measuring_script_gives_the_same_sizes(target: Board, tmp_path: Path) -> None:
    script, measuring = write_scripts(target, tmp_path)
    objects = compile_objects(target, tmp_path, DEMO_SOURCES)
    assert link(target, objects, script, tmp_path / "a.elf") == link(target, objects, measuring, tmp_path / "b.elf")


def test_regions_that_touch_are_moved_apart_for_measuring() -> None:
    touching = board(
        "touching",
        NRF5340.cpu,
        [
            region("flash", 0, 256, "rx"),
            region("sram1", 0x2000_0000, 16, "rwx"),
            region("sram2", 0x2000_4000, 16, "rwx"),
        ],
        Placement(code="flash", weights="flash", data="sram1", arena="sram2", stack="sram1"),
    )
    grown = spread(memory_map(touching))
    assert [item.name for item in grown] == ["flash", "sram1", "sram2"]
    assert all(item.length >= 1 << 30 for item in grown)
    assert all(before.end <= after.origin for before, after in pairwise(grown))
    assert [item.origin % 0x1_0000 for item in grown] == [0, 0, 0x4000]


def test_the_same_board_gives_the_same_text() -> None:
    assert linker_script(STM32F4, "demo", 2048) == linker_script(STM32F4, "demo", 2048)
    assert linker_script(STM32F4, "demo", 2048) != measure_script(STM32F4, "demo", 2048)
