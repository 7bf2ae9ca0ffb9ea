"""The stack bound, from linked instructions: equal to the compiler's figures, refused where there is none."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.report.stack.bound import StackBound, stack_bound
from mcuforge.report.stack.function import Call, Function
from mcuforge.report.stack.riscv import RiscvWalk
from mcuforge.report.stack.thumb import ThumbWalk
from mcuforge.report.stack.walk import parse, read_functions
from mcuforge.workers import budget as budget_worker
from mcuforge.workers import measure as measure_worker
from tests.report.builds import Build, start_build
from tests.support.scons import ROOT, scons
from tests.support.tools import require
from tests.toolchain.images import DEMO_SOURCES, PROGRAM

OBJDUMP = Path("/usr/bin/arm-none-eabi-objdump")
RUNTIME = ROOT / "runtime"
CORES = {
    "m0plus": ("-mcpu=cortex-m0plus", "-mfloat-abi=soft"),
    "m4": ("-mcpu=cortex-m4", "-mfpu=auto", "-mfloat-abi=hard"),
    "m33": ("-mcpu=cortex-m33", "-mfpu=auto", "-mfloat-abi=hard"),
    "m55": ("-mcpu=cortex-m55", "-mfpu=auto", "-mfloat-abi=hard"),
}


def compiled(folder: Path, text: str, core: str = "m33", *flags: str) -> Path:
    """A linked image of one C text whose entry is `root`; what it calls besides comes from libc."""
    (folder / "code.c").write_text(text)
    command = ["arm-none-eabi-gcc", "-mthumb", *CORES[core], "--specs=nano.specs", "-nostartfiles", "-O2", *flags]
    image = folder / "code.elf"
    subprocess.run([*command, "-Wl,--entry=root", "-o", image, folder / "code.c", "-lm"], check=True, cwd=folder)
    return image


def bound_of(folder: Path, text: str, core: str = "m33") -> int:
    return stack_bound(read_functions(OBJDUMP, compiled(folder, text, core), ThumbWalk), "root").bytes


@pytest.mark.parametrize("core", CORES)
def test_frames_equal_the_compilers_own_figures_for_every_kernel(core: str, tmp_path: Path) -> None:
    kernels = sorted((RUNTIME / "kernels").glob("*/*.c"))
    text = "#define MCUF_PREFIX k\n" + "".join(f'#include "{path}"\n' for path in kernels)
    (tmp_path / "all.c").write_text(text)
    flags = ("-O2", "-std=c99", "-ffp-contract=off", "-fno-math-errno", "-fstack-usage", "-ffunction-sections")
    command = ["arm-none-eabi-gcc", "-mthumb", *CORES[core], *flags, f"-I{RUNTIME / 'include'}", f"-I{RUNTIME}"]
    subprocess.run([*command, "-c", "all.c", "-o", "all.o"], check=True, cwd=tmp_path)
    found = read_functions(OBJDUMP, tmp_path / "all.o", ThumbWalk)
    wanted = {}
    for line in (tmp_path / "all.su").read_text().splitlines():
        place, count, kind = line.split("\t")
        wanted[place.rsplit(":", 1)[1]] = int(count)
        assert kind == "static", line
    assert len(wanted) >= len(kernels) // 2
    # A cloned function (`.part.0`) is listed under its own name by both.
    assert {name: found[name].depth for name in wanted if name in found} == {
        name: count for name, count in wanted.items() if name in found
    }
    assert sum(name in found for name in wanted) >= 0.9 * len(wanted)


def test_the_deepest_chain_counts_and_not_the_sum_of_all_calls(tmp_path: Path) -> None:
    text = """
        void use(void *); __attribute__((noinline)) void use(void *p) { __asm__ volatile("" :: "r"(p) : "memory"); }
        __attribute__((noinline)) void small(void) { char b[64]; use(b); }
        __attribute__((noinline)) void large(void) { char b[512]; use(b); }
        void root(void) { small(); large(); small(); }
    """
    assert 512 <= bound_of(tmp_path, text) < 512 + 64


def test_a_jump_to_another_function_costs_no_frame_of_the_caller(tmp_path: Path) -> None:
    text = """
        void use(void *); __attribute__((noinline)) void use(void *p) { __asm__ volatile("" :: "r"(p) : "memory"); }
        __attribute__((noinline)) void last(void) { char b[256]; use(b); }
        void root(int n) { volatile char b[256]; b[n] = 1; last(); }
    """
    assert 256 <= bound_of(tmp_path, text) < 2 * 256


@pytest.mark.parametrize("core", CORES)
def test_a_switch_and_a_library_call_are_followed(core: str, tmp_path: Path) -> None:
    text = """
        #include <string.h>
        #include <math.h>
        int e;
        int *__errno(void) { return &e; }
        char big[300]; float f;
        void root(int n) {
          char b[400];
          switch (n) {
            case 0: memset(b, n, sizeof b); break;
            case 1: memcpy(b, big, sizeof big); break;
            case 2: f = expf(f); break;
            case 3: f = sinf(f); break;
            case 4: f = f / 3.0f; break;
            case 5: b[0] = 7; break;
          }
          memcpy(big, b, sizeof big);
        }
    """
    image = compiled(tmp_path, text, core)
    bound = stack_bound(read_functions(OBJDUMP, image, ThumbWalk), "root")
    assert bound.bytes > 400 and len(bound.chain) >= 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "__attribute__((noinline)) int down(int n) { volatile int x = n; return n ? down(n - 1) + x : 0; } "
            "int root(int n) { return down(n) + down(n + 1); }",
            "in down, it calls itself",
        ),
        ("int (*next)(int); int root(int n) { return next(n) + 1; }", "in root, it calls through a pointer"),
        ("int (*next)(int); int root(int n) { return next(n); }", "in root, it calls through a pointer"),
        (
            'void *volatile sink; void root(int n) { char b[n]; sink = b; __asm__ volatile("" ::: "memory"); }',
            "in root, it sets the stack pointer from a register",
        ),
    ],
)
def test_what_has_no_bound_is_an_error_that_names_it(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=reason):
        bound_of(tmp_path, text)


def test_a_function_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UserError, match="in gone, its code is not in the image"):
        stack_bound({"root": Function("root", 8, (Call("gone", 8),))}, "root")


@pytest.mark.parametrize("core", ["m4", "m33"])
def test_a_product_of_doubles_has_a_bound_although_libgcc_calls_a_part_of_its_own(core: str, tmp_path: Path) -> None:
    text = "double root(double a, double b) { return a * b; }"
    functions = read_functions(OBJDUMP, compiled(tmp_path, text, core), ThumbWalk)
    product = functions["__aeabi_dmul"]
    assert product.depth >= 16 and all(call.callee != product.name for call in product.calls)
    assert stack_bound(functions, "root").bytes >= product.depth


def test_what_a_part_of_its_own_takes_counts_from_where_it_is_called() -> None:
    listing = """00000000 <f>:
   0:\tpush\t{r4, lr}
   2:\tbleq\t8 <f+0x8>
   6:\tpop\t{r4, pc}
   8:\tpush\t{r4, r5, r6}
   a:\tpop\t{r4, r5, r6}
   c:\tbx\tlr
""".splitlines()
    (function,) = parse(listing, ThumbWalk)
    assert function.depth == 8 + 12 and function.calls == ()


def test_code_that_runs_on_into_the_next_label_takes_its_stack_too() -> None:
    listing = [
        "00000000 <first>:",
        "   0:\tpush\t{r4, lr}",
        "",
        "00000002 <second>:",
        "   2:\tsub\tsp, #24",
        "   4:\tadd\tsp, #24",
        "   6:\tpop\t{r4, pc}",
    ]
    functions = {function.name: function for function in parse(listing, ThumbWalk)}
    assert stack_bound(functions, "first").bytes == 8 + 24


RECURSION = """int down(int n);
__attribute__((noinline)) int down(int n) { volatile int x = n; return n ? down(n - 1) + x : 0; }
"""


def built(folder: Path, name: str, change: str, became: str) -> Build:
    """The demo with one file changed, linked and measured with the analysis of its stack."""
    source = folder / "src" / f"{name}.c"
    source.parent.mkdir()
    source.write_text((PROGRAM / source.name).read_text().replace(change, became))
    build = start_build(folder, sources=[source, *(path for path in DEMO_SOURCES if path.stem != name)])
    build.link()
    assert measure_worker.main([*build.measure_arguments(), "--objdump", str(OBJDUMP)]) == 0
    return build


def test_recursion_fails_the_build_with_its_chain_and_the_sizes_are_there(tmp_path: Path) -> None:
    invoke = "int32_t demo_invoke(void)\n{"
    build = built(tmp_path, "demo", invoke, f"{RECURSION}{invoke}\n    demo_arena[5] = (int8_t)down(demo_arena[4]);")
    assert build.size()["stack"]["bound"] is None and build.size()["regions"]["flash"]["used"] > 0
    with pytest.raises(UserError, match="the stack of demo_invoke has no bound: in down, it calls itself") as caught:
        budget_worker.main(build.budget_arguments())
    assert "called as: demo_invoke → down" in caught.value.render()
    assert not build.verdict.exists()


def test_an_application_that_never_calls_the_model_has_no_bound_to_tell(tmp_path: Path) -> None:
    build = built(tmp_path, "main", "demo_invoke()", "0")
    assert build.size()["stack"] == {"bound": None, "budget": None, "reserved": 2000, "chain": []}


# -- RISC-V -----------------------------------------------------------------------------------------------------------

RISCV = "riscv64-unknown-elf-"
RISCV_FLAGS = ("-march=rv32imc", "-mabi=ilp32", "-mcmodel=medany", "--specs=picolibc.specs", "-O2")


def riscv_bound(folder: Path, text: str, *flags: str) -> StackBound:
    require(f"{RISCV}gcc")
    (folder / "code.c").write_text(text)
    command = [
        f"{RISCV}gcc",
        *RISCV_FLAGS,
        *flags,
        "-nostartfiles",
        "-Wl,--entry=root",
        "-o",
        "code.elf",
        "code.c",
        "-lm",
    ]
    subprocess.run(command, check=True, cwd=folder)
    return stack_bound(read_functions(Path(f"{RISCV}objdump"), folder / "code.elf", RiscvWalk), "root")


def test_riscv_frames_equal_the_compilers_own_figures_for_every_kernel(tmp_path: Path) -> None:
    require(f"{RISCV}gcc")
    kernels = sorted((RUNTIME / "kernels" / "portable").glob("*.c"))
    (tmp_path / "all.c").write_text("#define MCUF_PREFIX k\n" + "".join(f'#include "{path}"\n' for path in kernels))
    flags = ("-std=c99", "-ffp-contract=off", "-fno-math-errno", "-fstack-usage", "-ffunction-sections")
    command = [f"{RISCV}gcc", *RISCV_FLAGS, *flags, f"-I{RUNTIME / 'include'}", f"-I{RUNTIME}"]
    subprocess.run([*command, "-c", "all.c", "-o", "all.o"], check=True, cwd=tmp_path)
    found = read_functions(Path(f"{RISCV}objdump"), tmp_path / "all.o", RiscvWalk)
    wanted = {}
    for line in (tmp_path / "all.su").read_text().splitlines():
        place, count, _ = line.split("\t")
        wanted[place.rsplit(":", 1)[1]] = int(count)
    assert len(wanted) >= len(kernels) // 2
    assert {name: found[name].depth for name in wanted if name in found} == {
        name: count for name, count in wanted.items() if name in found
    }
    assert sum(name in found for name in wanted) >= 0.9 * len(wanted)


def test_riscv_switches_libraries_and_large_frames_are_followed(tmp_path: Path) -> None:
    text = """
        #include <string.h>
        #include <math.h>
        char big[300]; float f; int e;
        int *__errno_location(void) { return &e; }
        void use(void *); __attribute__((noinline)) void use(void *p) { __asm__ volatile("" :: "r"(p) : "memory"); }
        void root(int n) {
          char b[5000];
          switch (n) {
            case 0: memset(b, n, sizeof b); break;
            case 1: memcpy(b, big, sizeof big); break;
            case 2: f = expf(f); break;
            case 3: f = sinf(f); break;
            case 4: f = f / 3.0f; break;
            case 5: b[0] = 7; break;
          }
          use(b);
        }
    """
    bound = riscv_bound(tmp_path, text)
    assert bound.bytes > 5000 and len(bound.chain) >= 2 and bound.chain[0].bytes >= 5000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (RECURSION + "int root(int n) { return down(n) + down(n + 1); }", "in down, it calls itself"),
        ("int (*next)(int); int root(int n) { return next(n) + 1; }", "in root, it calls through a pointer"),
        ("int (*next)(int); int root(int n) { return next(n); }", "in root, it calls through a pointer"),
        (
            'void *volatile sink; void root(int n) { char b[n]; sink = b; __asm__ volatile("" ::: "memory"); }',
            "in root, it sets the stack pointer from a register",
        ),
    ],
)
def test_what_has_no_bound_on_riscv_is_an_error_that_names_it(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=reason):
        riscv_bound(tmp_path, text)


@pytest.mark.slow
def test_the_bound_on_riscv_holds_what_painted_memory_shows(tmp_path: Path) -> None:
    for program in (f"{RISCV}gcc", "qemu-system-riscv32"):
        require(program)
    run = scons("project=hello", "board=virt", f"build_dir={tmp_path}", "emulate", "size")
    assert run.code == 0, run.text
    made = tmp_path / "hello" / "virt"
    seen = json.loads((made / "emulate.json").read_text())["stack_high_water"]
    twin = read_functions(Path(f"{RISCV}objdump"), made / "twin" / "twin.elf", RiscvWalk)
    # The twin measures its own wrapper of the model's invoke, which the firmware's figure does not contain.
    assert seen <= stack_bound(twin, "invoke").bytes <= 1.1 * seen + 64
    assert json.loads((made / "size.json").read_text())["stack"]["bound"] <= seen + 64
