"""A board file and its parents → Board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.errors import UserError
from mcuforge.manifest.load import load_board
from mcuforge.manifest.types import Board, Cpu, Emulator, FlashTool, MemoryRegion, Reserved
from tests.manifest.test_project import PLAIN
from tests.manifest.writing import BOARD, write, write_board

CHILD = "schema: 1\nname: child\nextends: soc/mine.yaml\n"


def refusal(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        load_board(path)
    return caught.value


def write_family(folder: Path, more: str) -> Path:
    write_board(folder / "soc")
    return write(folder / "child.yaml", CHILD + more)


def test_facts_arrive_in_bytes_and_hertz(tmp_path: Path) -> None:
    more = (
        "reserved: [{region: sram, length: 1 KiB, reason: boot loader}]\n"
        "flash: {tool: st-flash, args: [write, '{hex}']}\n"
        "interrupts: 43\n"
    )
    board = load_board(write_board(tmp_path, text=BOARD + more))
    assert board.cpu == Cpu("cortex-m3", None, "soft", False, "none")
    assert board.clock_hz == 16_000_000
    assert board.memory["sram"] == MemoryRegion("sram", 0x20000000, 16384, "rwx")
    assert board.reserved == (Reserved("sram", 1024, "boot loader"),)
    assert board.capacity_bytes("sram") == 15360
    assert (board.stack_bytes, board.interrupts, board.emulator) == (2048, 43, None)
    assert board.flash == FlashTool("st-flash", ("write", "{hex}"))
    assert board.files == (tmp_path / "mine.yaml",)


def test_maps_merge_and_lists_replace(tmp_path: Path) -> None:
    more = "reserved: [{region: sram, length: 1 KiB, reason: boot loader}]\n"
    write_board(tmp_path / "soc", text=BOARD + more)
    child = "memory: {sram: {length: 8 KiB}, ccm: {origin: 0x10000000, length: 4 KiB, access: rw}}\nreserved: []\n"
    board = load_board(write(tmp_path / "child.yaml", CHILD + child))
    assert board.memory == {
        "flash": MemoryRegion("flash", 0x08000000, 131072, "rx"),
        "sram": MemoryRegion("sram", 0x20000000, 8192, "rwx"),
        "ccm": MemoryRegion("ccm", 0x10000000, 4096, "rw"),
    }
    assert board.reserved == ()


def test_null_replaces_and_may_be_replaced(tmp_path: Path) -> None:
    board = load_board(write_family(tmp_path, "emulator: {qemu: mps2-an385}"))
    assert board.emulator == Emulator("qemu", "mps2-an385")


def test_places_lie_in_the_file_that_wrote_the_value(tmp_path: Path) -> None:
    board = load_board(write_family(tmp_path, "memory:\n  sram: {length: 8 KiB}"))
    parent, child = tmp_path / "soc" / "mine.yaml", tmp_path / "child.yaml"
    assert board.files == (child, parent)
    assert board.positions.file == child
    assert board.positions.at("memory", "sram", "length").file == child
    assert board.positions.at("memory", "sram", "origin").file == parent
    assert board.positions.at("clock").file == parent
    assert board.positions.at_key("memory", "flash").file == parent


def test_three_generations(tmp_path: Path) -> None:
    write_board(tmp_path, "family")
    write(tmp_path / "soc.yaml", "schema: 1\nextends: family.yaml\nstack: 1 KiB\nclock: 8 MHz\n")
    board = load_board(write(tmp_path / "top.yaml", "schema: 1\nname: top\nextends: soc.yaml\nclock: 4 MHz\n"))
    assert (board.clock_hz, board.stack_bytes) == (4_000_000, 1024)
    assert [file.stem for file in board.files] == ["top", "soc", "family"]


@pytest.mark.parametrize(
    ("more", "file", "message"),
    [
        ("memory: {sram: {lenght: 1 KiB}}", "child", "unknown key `lenght`"),
        ("memory: 5", "child", "`memory` must be a mapping"),
        ("extends: other.yaml", "child", "key `extends` is given twice"),
        ("placement: {arena: ram}", "child", "`arena` is placed in region `ram`, which the board does not have"),
        ("memory: {sram: {length: 1 KiB}}", "mine", "the stack of 2.0 KiB does not fit into region `sram` (1.0 KiB)"),
        ("memory: {ram2: {origin: 0x20003fff, length: 1, access: rw}}", "child", "region `ram2` begins at 0x20003fff"),
        ("memory: {arena: {origin: 0, length: 1, access: rw}}", "child", "`arena` has a meaning of its own"),
        ("memory: {RAM: {origin: 0, length: 1, access: rw}}", "child", "`RAM` is not a name of small letters"),
        ("memory: {x: {length: 1, access: rw}}", "child", "region `x` has no origin, but `flash` has"),
        ("memory: {x: {origin: 0xffffffff, length: 2, access: r}}", "child", "region `x` ends beyond the 32-bit"),
        ("memory: {x: {origin: 0x100000000, length: 2, access: r}}", "child", "`origin` must be at most 4294967295"),
        ("reserved: [{region: ram, length: 1, reason: x}]", "child", "there is no region `ram` to reserve from"),
        ("reserved: [{region: sram, length: 16 KiB, reason: x}]", "child", "nothing is left of region `sram`"),
        ("placement: {code: sram, weights: sram, stack: flash}", "child", "`stack` is placed in region `flash`, which"),
        ("emulator: {}", "child", "`emulator` is empty"),
        ("emulator: {qemu: a, native: b}", "child", "`emulator` takes one of `qemu`, `native`, not several"),
        ("flash: {tool: x, args: ['{axf}']}", "child", "`{axf}` stands for no file of the image"),
        ("clock: 16 mhz", "child", "`clock`: `16 mhz` is not a frequency"),
        ("clock: 0", "child", "`clock`: zero is not a frequency"),
        ("clock: 16.0", "child", "`clock`: 16.0 is not a frequency"),
        ("interrupts: -1", "child", "`interrupts` must be at least 0, not -1"),
        ("cpu: {fpu: none}", "child", '`fpu` cannot be "none"'),
    ],
)
def test_error_names_the_file_that_is_wrong(more: str, file: str, message: str, tmp_path: Path) -> None:
    error = refusal(write_family(tmp_path, more))
    assert error.message.startswith(message)
    assert error.location is not None
    assert error.location.file.stem == file


def test_regions_that_touch_do_not_overlap(tmp_path: Path) -> None:
    load_board(write_family(tmp_path, "memory: {ram2: {origin: 0x20004000, length: 1, access: rw}}"))


def test_board_is_called_like_its_file(tmp_path: Path) -> None:
    path = write_board(tmp_path).rename(tmp_path / "yours.yaml")
    assert refusal(path).hint == "write `name: yours`, or rename the file"


@pytest.mark.parametrize("extends", ["child.yaml", "./soc/../child.yaml"])
def test_extends_in_a_circle(extends: str, tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "child.yaml", f"schema: 1\nextends: {extends}\n"))
    assert error.message == "`extends` goes in a circle: child.yaml → child.yaml"


@pytest.mark.parametrize("extends", ["nowhere.yaml", ".", "''", "[a.yaml, b.yaml]", "5"])
def test_parent_must_be_one_file(extends: str, tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "child.yaml", f"schema: 1\nextends: {extends}\n"))
    assert str(error.location).endswith("child.yaml:2:10")


@given(data=st.data())
def test_no_value_anywhere_breaks_the_loader(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any value, in a child, in the place of any of its parent's gives a Board or a UserError with a place."""
    folder = tmp_path_factory.getbasetemp() / "any"
    if not (folder / "soc").exists():
        write_board(folder / "soc")
    child: dict[str, Any] = {"schema": 1, "name": "child", "extends": "soc/mine.yaml"}
    child |= data.draw(_overrides(yaml.safe_load(BOARD)))
    try:
        board = load_board(write(folder / "child.yaml", yaml.safe_dump(child)))
    except UserError as error:
        assert error.location is not None
    else:
        assert isinstance(board, Board)


def _overrides(node: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some keys of a mapping, each with any value, or with overrides of its own."""
    values = {key: PLAIN | _overrides(value) if isinstance(value, dict) else PLAIN for key, value in node.items()}
    return st.fixed_dictionaries({}, optional=values)
