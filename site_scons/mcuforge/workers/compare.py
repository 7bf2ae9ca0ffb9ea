"""size.json and emulate.json of two builds of one project → one table: what each runtime costs, and that both agree."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mcuforge.errors import InternalError
from mcuforge.units import format_size
from mcuforge.workers.runner import run

_Build = dict[str, Any]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.compare", description=__doc__)
    for runtime in ("--aot", "--tflm"):
        parser.add_argument(runtime, type=Path, required=True, help="its build folder")
    args = parser.parse_args(argv)
    print(comparison(_read(args.aot), _read(args.tflm)), end="")
    return 0


def comparison(aot: _Build, tflm: _Build) -> str:
    """Raises InternalError when the two did not replay the same inputs."""
    replayed = [(build["emulate"]["vectors"], build["emulate"]["outputs"]) for build in (aot, tflm)]
    if replayed[0] != replayed[1]:
        raise InternalError(f"the runtimes replayed different inputs: {replayed}")
    size = aot["size"]
    rows = [("", "aot", "tflm", "difference"), *_rows(aot, tflm)]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    lines = [f"{size['project']} on {size['board']}"]
    for name, *cells in rows:
        shown = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append(f"  {name.ljust(widths[0])}  {shown}".rstrip())
    return "\n".join([*lines, f"  {_equality(aot, tflm)}"]) + "\n"


def _rows(aot: _Build, tflm: _Build) -> Iterator[tuple[str, str, str, str]]:
    for region in aot["size"]["regions"]:
        yield _bytes(region, *(build["size"]["regions"][region]["used"] for build in (aot, tflm)))
        for cause in ("weights", "kernels", "runtime", "arena"):
            used = [build["size"]["causes"][cause].get(region, 0) for build in (aot, tflm)]
            if any(used):
                yield _bytes(f"  {cause}", *used)
    yield _bytes("stack used", *(build["emulate"]["stack_high_water"] for build in (aot, tflm)))
    yield _count("instructions", *(build["emulate"]["instructions_per_inference"] for build in (aot, tflm)))


def _bytes(name: str, aot: int | None, tflm: int | None) -> tuple[str, str, str, str]:
    if aot is None or tflm is None:
        return name, "unknown", "unknown", ""
    sign = "+" if tflm >= aot else "-"
    return name, format_size(aot), format_size(tflm), f"{sign}{format_size(abs(tflm - aot))}"


def _count(name: str, aot: int | None, tflm: int | None) -> tuple[str, str, str, str]:
    if aot is None or tflm is None:
        return name, "unknown", "unknown", ""
    return name, f"{aot:,}", f"{tflm:,}", f"{100 * (tflm - aot) / aot:+.0f} %" if aot else ""


def _equality(aot: _Build, tflm: _Build) -> str:
    """Each emulation ended well only if its outputs are those of TFLM on this computer: so they are each other's."""
    differing = aot["emulate"]["mismatches"] + tflm["emulate"]["mismatches"]
    if differing:
        raise InternalError("an emulation with wrong outputs was kept")
    vectors, outputs = aot["emulate"]["vectors"], aot["emulate"]["outputs"]
    return f"equal: all {outputs:,} output bytes of {vectors} vectors, and equal to the host's TensorFlow Lite Micro"


def _read(folder: Path) -> _Build:
    return {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("size", "emulate")}


if __name__ == "__main__":
    sys.exit(run(main))
