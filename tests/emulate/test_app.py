"""The stock app: what it prints, and what it costs on a device."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from mcuforge.manifest.load import load_board
from mcuforge.resources import boards_dir, runtime_dir
from mcuforge.toolchain.flags import STRICT_WARNINGS, compile_flags

PLATFORM = runtime_dir() / "platform"
GOLDEN_C = Path(__file__).parent / "program" / "golden.c"
FLASH_LIMIT = 1024


def compile_app(board: str, folder: Path, *sources: Path) -> list[Path]:
    loaded = load_board(boards_dir() / f"{board}.yaml")
    flags = [*compile_flags(loaded.cpu), *STRICT_WARNINGS, f"-I{PLATFORM}"]
    subprocess.run([loaded.toolchain, *flags, "-c", *map(str, sources)], check=True, cwd=folder)
    return sorted(folder.glob("*.o"))


def test_it_prints_each_output_of_each_golden_input_exactly(tmp_path: Path) -> None:
    objects = compile_app("host", tmp_path, GOLDEN_C, PLATFORM / "app" / "app.c", PLATFORM / "app" / "put_host.c")
    subprocess.run(["gcc", *map(str, objects), "-o", str(tmp_path / "app")], check=True)
    done = subprocess.run([str(tmp_path / "app")], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "toy 0: -128 3 2 1",
        "toy 0: 0x3f800000 0xc0200000",
        "toy 0: -2147483648 0",
        "toy 0: 255",
        "toy 0: -32768",
        "toy 1: -1 0 0 127",
        "toy 1: 0x3f800000 0xc0200000",
        "toy 1: -2147483648 0",
        "toy 1: 255",
        "toy 1: -32768",
    ]


@pytest.mark.parametrize("board", ["nrf5340", "stm32f4-discovery"])
def test_it_costs_less_than_a_kibibyte_of_flash_and_no_ram(tmp_path: Path, board: str) -> None:
    flash = ram = 0
    for path in compile_app(board, tmp_path, PLATFORM / "app" / "app.c", PLATFORM / "app" / "put_cortex_m.c"):
        with path.open("rb") as stream:
            for section in ELFFile(stream).iter_sections():
                if section["sh_flags"] & 2:  # SHF_ALLOC
                    writable = section["sh_flags"] & 1
                    ram += section["sh_size"] if writable else 0
                    flash += 0 if writable else section["sh_size"]
    assert 300 < flash < FLASH_LIMIT
    assert ram == 0


def test_it_needs_nothing_of_the_c_library_but_memcpy(tmp_path: Path) -> None:
    needed = set()
    for path in compile_app("nrf5340", tmp_path, PLATFORM / "app" / "app.c", PLATFORM / "app" / "put_cortex_m.c"):
        with path.open("rb") as stream:
            symbols = ELFFile(stream).get_section_by_name(".symtab").iter_symbols()
            needed |= {symbol.name for symbol in symbols if symbol["st_shndx"] == "SHN_UNDEF" and symbol.name}
    assert needed - {"memcpy"} == {"mcuf_golden_model", "mcuf_put"}
