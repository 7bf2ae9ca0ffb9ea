"""Finding the compiler on this computer, or saying what to install."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Cpu
from mcuforge.toolchain.flags import core_of

# Debian's packages by compiler; the C libraries are packages of their own.
PACKAGES: Mapping[str, str] = {
    "arm-none-eabi-gcc": "gcc-arm-none-eabi libnewlib-arm-none-eabi",
    "riscv64-unknown-elf-gcc": "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
    "gcc": "gcc libc6-dev",
}

# What C++ needs besides: headers only, no C++ library is linked.
CXX_PACKAGES: Mapping[str, str] = {
    "arm-none-eabi-gcc": "libstdc++-arm-none-eabi-dev (a package of Debian and Ubuntu)",
    "gcc": "g++",
}


@dataclass(frozen=True)
class Toolchain:
    """A GCC and its binary utilities, as absolute paths. `version` is three numbers, such as 12.2.1."""

    name: str
    version: str
    gcc: Path
    ar: Path
    nm: Path
    objcopy: Path
    objdump: Path
    readelf: Path

    @property
    def text(self) -> str:
        """``arm-none-eabi-gcc 12.2.1``: what reports and `size.json` say."""
        return f"{self.name} {self.version}"

    @property
    def gcc_version(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))


def find_toolchain(
    name: str, *, path: str | None = None, override: Path | None = None, location: Location | None = None
) -> Toolchain:
    """The toolchain a board names (``arm-none-eabi-gcc``), from `override` or the search path `path` (default: PATH).

    `override` is the folder that holds the tools. `location` is where the board file names the toolchain.
    Raises UserError when the compiler or one of its utilities is missing, or does not run.
    """
    search = str(override) if override is not None else path if path is not None else os.environ.get("PATH", "")
    if not name.endswith("gcc"):
        raise UserError(
            f"`{name}` is not a toolchain mcuforge knows", location=location, hint=f"known: {', '.join(PACKAGES)}"
        )
    prefix = name.removesuffix("gcc")
    gcc = _find_tool(name, name, search, override, location)
    tools = {
        tool: _find_tool(prefix + tool, name, search, override, location)
        for tool in ("ar", "nm", "objcopy", "objdump", "readelf")
    }
    return Toolchain(name=name, version=_version(gcc, location), gcc=gcc, **tools)


def require_support(toolchain: Toolchain, cpu: Cpu, location: Location | None = None) -> None:
    """Raises UserError when the compiler found is too old to know the core."""
    minimum = core_of(cpu, location).minimum_gcc
    if toolchain.gcc_version < minimum:
        wanted = ".".join(str(part) for part in minimum)
        raise UserError(
            f"{toolchain.text} does not know {cpu.core}: GCC {wanted} or later is needed",
            location=location,
            hint=f"install a newer {toolchain.name} and put its folder first on PATH",
        )


def require_cxx(toolchain: Toolchain, location: Location | None = None) -> None:
    """Raises UserError when the toolchain has no C++ compiler, or one without its headers."""
    command = [str(toolchain.gcc), "-x", "c++", "-std=c++17", "-fsyntax-only", "-include", "new", os.devnull]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        package = CXX_PACKAGES.get(toolchain.name, "its C++ compiler and headers")
        raise UserError(
            f"{toolchain.text} cannot compile C++",
            location=location,
            details=tuple(done.stderr.splitlines()[:1]),
            hint=f"install {package}",
        )


def _find_tool(tool: str, compiler: str, search: str, override: Path | None, location: Location | None) -> Path:
    found = shutil.which(tool, path=search)
    if found is None:
        raise UserError(
            f"the tool `{tool}` is not installed" if override is None else f"there is no `{tool}` in {override}",
            location=location,
            hint=_advice(compiler),
        )
    return Path(found).absolute()


def _advice(compiler: str) -> str:
    packages = PACKAGES.get(compiler)
    if packages is None:
        return f"install {compiler} and put its folder on PATH"
    return f"on Debian and Ubuntu: apt-get install {packages}"


def _version(gcc: Path, location: Location | None) -> str:
    # Old compilers answer only the second option; newer ones answer it with the major version alone.
    for option in ("-dumpfullversion", "-dumpversion"):
        try:
            done = subprocess.run([gcc, option], capture_output=True, text=True, check=False, timeout=60)
        except OSError as error:
            raise UserError(f"{gcc} does not run: {error.strerror}", location=location) from error
        answer = done.stdout.strip()
        if done.returncode == 0 and re.fullmatch(r"\d+(\.\d+)*", answer):
            return answer
    raise UserError(f"{gcc} does not tell its version", location=location, hint="is it a GCC?")
