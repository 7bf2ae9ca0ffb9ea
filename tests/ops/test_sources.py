"""The kernels' C as a whole: warnings, one translation unit for all, two models in one image, size."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.kernel_harness import RUNTIME, WARNINGS

CORTEX_M33 = ["arm-none-eabi-gcc", "-mcpu=cortex-m33", "-mthumb"]
COMPILERS = [["gcc"], CORTEX_M33]
STRICT = [*WARNINGS, "-Wsign-conversion", "-Wshadow", "-Wstrict-prototypes", "-O2", "-ffp-contract=off"]
KERNELS = sorted((RUNTIME / "kernels").glob("*/*.c"))
HEADERS = sorted((RUNTIME / "include" / "mcuforge").glob("*.h"))

# What a DS-CNN such as kws uses.
KEYWORD_SPOTTING = (
    "average_pool_2d_s8",
    "conv_2d_s8",
    "depthwise_conv_2d_s8",
    "fully_connected_s8",
    "softmax_s8",
)
MOST_KEYWORD_SPOTTING_BYTES = {"portable": 4096, "arm_dsp": 6656}

# From <string.h>, <math.h> and the compiler itself.
LIBRARY = {
    *("memcpy", "memmove", "memset"),
    *("expf", "expm1f", "fmodf", "roundf", "sqrtf", "tanhf"),
    *("_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"),
}


def compile_c(compiler: Sequence[str], text: str, target: Path) -> Path:
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"{compiler[0]} is not installed")
    command = [*compiler, *STRICT, f"-I{RUNTIME / 'include'}", "-xc", "-", "-c", "-o", str(target)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def unity(prefix: str, kernels: Sequence[Path]) -> str:
    """What the generator writes: the kernels used, under the model's prefix."""
    return "\n".join([f"#define MCUF_PREFIX {prefix}", *(f'#include "{path}"' for path in kernels), ""])


@pytest.mark.parametrize("compiler", COMPILERS, ids=lambda command: command[0])
def test_all_kernels_share_one_translation_unit_without_a_warning(compiler: list[str], tmp_path: Path) -> None:
    compile_c(compiler, unity("kws", KERNELS), tmp_path / "kernels.o")


@pytest.mark.parametrize("compiler", COMPILERS, ids=lambda command: command[0])
def test_every_header_and_every_kernel_stands_alone(compiler: list[str], tmp_path: Path) -> None:
    for path in HEADERS:
        compile_c(
            compiler, f'#define MCUF_PREFIX kws\n#include "mcuforge/{path.name}"\nint unused;\n', tmp_path / "header.o"
        )
    if compiler == CORTEX_M33:
        for path in KERNELS:
            compile_c(compiler, unity("kws", [path]), tmp_path / "kernel.o")


def test_a_header_without_a_prefix_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        ["gcc", f"-I{RUNTIME / 'include'}", "-xc", "-", "-fsyntax-only"],
        input='#include "mcuforge/add.h"\n',
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0 and "define MCUF_PREFIX" in done.stderr


def test_two_models_link_into_one_image(tmp_path: Path) -> None:
    objects = [compile_c(["gcc"], unity(name, KERNELS), tmp_path / f"{name}.o") for name in ("kws", "vww")]
    main = compile_c(["gcc"], "int main(void) { return 0; }\n", tmp_path / "main.o")
    subprocess.run(["gcc", *map(str, objects), str(main), "-lm", "-o", str(tmp_path / "image")], check=True)


@pytest.mark.parametrize("variant", MOST_KEYWORD_SPOTTING_BYTES)
def test_kernels_of_keyword_spotting_stay_small(variant: str, tmp_path: Path) -> None:
    folder = RUNTIME / "kernels"
    named = [sorted(folder.glob(f"*/{name}.c")) for name in KEYWORD_SPOTTING]
    used = [next((path for path in paths if path.parent.name == variant), paths[0]) for paths in named if paths]
    built = compile_c(CORTEX_M33, unity("kws", used), tmp_path / "kernels.o")
    sizes = subprocess.run(["arm-none-eabi-size", str(built)], capture_output=True, text=True, check=True).stdout
    text, data, bss = map(int, sizes.splitlines()[1].split()[:3])
    assert text <= MOST_KEYWORD_SPOTTING_BYTES[variant], sizes
    assert data == bss == 0, "kernels keep no state"


def test_kernels_need_no_library_but_string_and_math(tmp_path: Path) -> None:
    built = compile_c(["gcc"], unity("kws", KERNELS), tmp_path / "kernels.o")
    listing = subprocess.run(["nm", "--undefined-only", str(built)], capture_output=True, text=True, check=True).stdout
    needed = {line.split()[-1] for line in listing.splitlines()}
    assert needed <= LIBRARY, needed - LIBRARY
