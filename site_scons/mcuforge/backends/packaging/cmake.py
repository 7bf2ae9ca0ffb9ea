"""CMake's files for a board: a toolchain file from the table of flags, and the presets that use it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mcuforge.manifest.types import Board
from mcuforge.toolchain.flags import HOST_CORE, libc_flags, machine_flags

# CMake's names of processors are free text; these are what toolchain files commonly say.
_PROCESSORS = {"rv32imc": "riscv32", "esp32c3": "riscv32"}
_TOOLS = {"C": "gcc", "CXX": "g++", "ASM": "gcc"}


def toolchain_file(board: Board) -> str:
    """A toolchain file for `board`: CMake finds the compiler on PATH. For the host, one that changes nothing."""
    lines = [
        "# SPDX-License-Identifier: Apache-2.0",
        f"# CMake toolchain file for {board.name}, written by `mcuforge toolchain-file {board.name}`.",
    ]
    if board.cpu.core == HOST_CORE:
        return "\n".join([*lines, "# This computer: the compiler is whatever CMake finds."]) + "\n"
    prefix = board.toolchain.removesuffix("gcc")
    lines += [
        "set(CMAKE_SYSTEM_NAME Generic)",
        f"set(CMAKE_SYSTEM_PROCESSOR {_PROCESSORS.get(board.cpu.core, 'arm')})",
        *(f"set(CMAKE_{language}_COMPILER {prefix}{tool})" for language, tool in _TOOLS.items()),
        *(f'set(CMAKE_{tool.upper()} {prefix}{tool} CACHE FILEPATH "")' for tool in ("objcopy", "size")),
        "# CMake's test of the compiler links a program, which bare metal cannot without a linker script.",
        "set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)",
    ]
    words = " ".join((*machine_flags(board.cpu), *libc_flags(board.cpu)))
    lines += [f'set(CMAKE_{language}_FLAGS_INIT "{words}")' for language in _TOOLS]
    # Start-up code and linker script are the project's own.
    lines.append('set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--gc-sections")')
    lines += [f"set(CMAKE_FIND_ROOT_PATH_MODE_{kind} ONLY)" for kind in ("LIBRARY", "INCLUDE")]
    lines.append("set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)")
    return "\n".join(lines) + "\n"


def presets(boards: Sequence[tuple[str, str]]) -> str:
    """CMakePresets.json, one preset for each (name, toolchain file relative to the presets, or "" for none)."""
    base = {"name": "base", "hidden": True, "binaryDir": "${sourceDir}/build/${presetName}"}
    shared = {"CMAKE_BUILD_TYPE": "Release", "CMAKE_EXPORT_COMPILE_COMMANDS": "ON"}
    configure: list[dict[str, object]] = [{**base, "cacheVariables": shared}]
    for name, file in boards:
        toolchain = {"toolchainFile": f"${{sourceDir}}/{file}"} if file else {}
        configure.append({"name": name, "displayName": name, "inherits": "base", **toolchain})
    build = [{"name": name, "configurePreset": name} for name, _ in boards]
    terms = {"mcuforge": {"SPDX-License-Identifier": "Apache-2.0"}}
    return _json({"version": 3, "vendor": terms, "configurePresets": configure, "buildPresets": build})


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
