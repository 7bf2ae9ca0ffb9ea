"""Finding compilers: the installed one, one in a given folder, and none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Cpu
from mcuforge.toolchain.compiler import find_toolchain, require_cxx, require_support

BOARD_LINE = Location(Path("boards/some.yaml"), 12, 12)
M85 = Cpu("cortex-m85", "fpv5-d16", "hard", True, "float")
TOOLS = ("gcc", "ar", "nm", "objcopy", "objdump", "readelf")


def fake_tools(folder: Path, prefix: str, version: str, tools: tuple[str, ...] = TOOLS) -> Path:
    """A folder of programs that answer like a GCC of that version."""
    folder.mkdir()
    for tool in tools:
        program = folder / f"{prefix}{tool}"
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    return folder


def test_the_installed_compiler_is_found_with_its_version() -> None:
    toolchain = find_toolchain("arm-none-eabi-gcc")
    assert re.fullmatch(r"arm-none-eabi-gcc \d+\.\d+\.\d+", toolchain.text)
    assert toolchain.objcopy.name == "arm-none-eabi-objcopy"
    assert toolchain.gcc.is_absolute()


def test_a_missing_compiler_names_the_package_at_the_boards_line(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        find_toolchain("arm-none-eabi-gcc", path=str(tmp_path), location=BOARD_LINE)
    assert caught.value.render() == (
        "boards/some.yaml:12:12: error: the tool `arm-none-eabi-gcc` is not installed\n"
        "  hint: on Debian and Ubuntu: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi"
    )


def test_a_missing_utility_is_named_too(tmp_path: Path) -> None:
    tools = fake_tools(tmp_path / "bin", "arm-none-eabi-", "12.2.1", ("gcc", "ar", "nm"))
    with pytest.raises(UserError, match="the tool `arm-none-eabi-objcopy` is not installed"):
        find_toolchain("arm-none-eabi-gcc", path=str(tools))


def test_an_override_folder_wins_over_the_path(tmp_path: Path) -> None:
    tools = fake_tools(tmp_path / "bin", "arm-none-eabi-", "14.3.1")
    toolchain = find_toolchain("arm-none-eabi-gcc", override=tools)
    assert (toolchain.text, toolchain.gcc.parent) == ("arm-none-eabi-gcc 14.3.1", tools)


def test_an_override_folder_without_the_compiler_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"there is no `arm-none-eabi-gcc` in {tmp_path}"):
        find_toolchain("arm-none-eabi-gcc", override=tmp_path)


def test_a_program_that_is_no_gcc_is_refused(tmp_path: Path) -> None:
    tools = fake_tools(tmp_path / "bin", "arm-none-eabi-", "'no version here'")
    with pytest.raises(UserError, match="does not tell its version"):
        find_toolchain("arm-none-eabi-gcc", override=tools)


def test_a_toolchain_that_is_no_gcc_by_name_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match="`armclang` is not a toolchain mcuforge knows") as caught:
        find_toolchain("armclang")
    assert "riscv64-unknown-elf-gcc" in str(caught.value.hint)


def test_a_compiler_too_old_for_the_core_is_refused(tmp_path: Path) -> None:
    old = find_toolchain("arm-none-eabi-gcc", override=fake_tools(tmp_path / "old", "arm-none-eabi-", "12.2.1"))
    with pytest.raises(UserError, match=r"arm-none-eabi-gcc 12\.2\.1 does not know cortex-m85: GCC 13 or later"):
        require_support(old, M85, BOARD_LINE)
    new = find_toolchain("arm-none-eabi-gcc", override=fake_tools(tmp_path / "new", "arm-none-eabi-", "13.1.0"))
    require_support(new, M85, BOARD_LINE)


def test_a_compiler_without_its_cxx_headers_names_the_package(tmp_path: Path) -> None:
    folder = fake_tools(tmp_path / "bin", "arm-none-eabi-", "12.2.1")
    toolchain = find_toolchain("arm-none-eabi-gcc", override=folder)
    (folder / "arm-none-eabi-gcc").write_text("#!/bin/sh\necho 'error: new: No such file or directory' >&2\nexit 1\n")
    with pytest.raises(UserError, match=r"arm-none-eabi-gcc 12\.2\.1 cannot compile C\+\+") as caught:
        require_cxx(toolchain, BOARD_LINE)
    assert "libstdc++-arm-none-eabi-dev" in str(caught.value.hint) and "new: No such file" in caught.value.details[0]
    require_cxx(find_toolchain("arm-none-eabi-gcc"))
