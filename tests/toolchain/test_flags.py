"""Each row of the table of cores, against what the real compiler says it compiles for."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Cpu
from mcuforge.toolchain.flags import CORES, STRICT_WARNINGS, compile_flags, link_flags, machine_flags

SINGLE, DOUBLE = 0x4, 0x8
BUILDS = (
    Cpu("cortex-m0", None, "soft", False, "none"),
    Cpu("cortex-m0plus", None, "soft", False, "none"),
    Cpu("cortex-m3", None, "soft", False, "none"),
    Cpu("cortex-m4", None, "soft", True, "none"),
    Cpu("cortex-m4", "fpv4-sp-d16", "softfp", True, "none"),
    Cpu("cortex-m4", "fpv4-sp-d16", "hard", True, "none"),
    Cpu("cortex-m7", None, "soft", True, "none"),
    Cpu("cortex-m7", "fpv5-sp-d16", "hard", True, "none"),
    Cpu("cortex-m7", "fpv5-d16", "hard", True, "none"),
    Cpu("cortex-m23", None, "soft", False, "none"),
    Cpu("cortex-m33", None, "soft", False, "none"),
    Cpu("cortex-m33", None, "soft", True, "none"),
    Cpu("cortex-m33", "fpv5-sp-d16", "hard", False, "none"),
    Cpu("cortex-m33", "fpv5-sp-d16", "hard", True, "none"),
    Cpu("cortex-m55", None, "soft", False, "none"),
    Cpu("cortex-m55", None, "soft", True, "none"),
    Cpu("cortex-m55", "fpv5-d16", "hard", True, "none"),
    Cpu("cortex-m55", None, "hard", True, "integer"),
    Cpu("cortex-m55", "fpv5-d16", "hard", True, "integer"),
    Cpu("cortex-m55", "fpv5-d16", "hard", True, "float"),
)
FLOAT_CODE = b"float scale(float x, float y) { return x * y; }\n"


def macros(cpu: Cpu, compiler: str) -> dict[str, str]:
    command = [compiler, *machine_flags(cpu), "-dM", "-E", "-x", "c", "-"]
    text = subprocess.run(command, input="", capture_output=True, text=True, check=True).stdout
    return {name: value for _, name, value in (line.split(" ", 2) for line in text.splitlines())}


def arm_attributes(elf: bytes) -> dict[str, object]:
    section = ELFFile(io.BytesIO(elf)).get_section_by_name(".ARM.attributes")
    return {
        attribute.tag: attribute.value
        for subsection in section.iter_subsections()
        for group in subsection.iter_subsubsections()
        for attribute in group.iter_attributes()
    }


def fpu_precisions(cpu: Cpu) -> int:
    """The bits of __ARM_FP (ACLE) for single and double precision."""
    if cpu.fpu is None or cpu.float_abi == "soft":
        return 0
    return SINGLE if "-sp-" in cpu.fpu else SINGLE | DOUBLE


@pytest.mark.parametrize("cpu", BUILDS, ids=lambda cpu: f"{cpu.core}-{cpu.fpu}-{cpu.float_abi}-dsp{cpu.dsp}-{cpu.mve}")
def test_the_compiler_targets_the_units_the_facts_name(cpu: Cpu, tmp_path: Path) -> None:
    defined = macros(cpu, "arm-none-eabi-gcc")
    assert ("__ARM_FEATURE_DSP" in defined) == cpu.dsp
    assert int(defined.get("__ARM_FEATURE_MVE", "0")) == {"none": 0, "integer": 1, "float": 3}[cpu.mve]
    assert int(defined.get("__ARM_FP", "0"), 0) & (SINGLE | DOUBLE) == fpu_precisions(cpu)
    assert ("__ARM_PCS_VFP" in defined) == (cpu.float_abi == "hard")

    command = ["arm-none-eabi-gcc", *compile_flags(cpu), "-c", "-x", "c", "-", "-o", tmp_path / "unit.o"]
    subprocess.run(command, input=FLOAT_CODE, check=True)
    attributes = arm_attributes((tmp_path / "unit.o").read_bytes())
    assert bool(attributes.get("TAG_ABI_VFP_ARGS")) == (cpu.float_abi == "hard")
    assert bool(attributes.get("TAG_FP_ARCH")) == bool(fpu_precisions(cpu))
    is_armv8m_mainline = cpu.core in ("cortex-m33", "cortex-m55")
    assert bool(attributes.get("TAG_DSP_EXTENSION")) == (cpu.dsp and is_armv8m_mainline)
    assert attributes.get("TAG_MVE_ARCH", 0) == {"none": 0, "integer": 1, "float": 2}[cpu.mve]


def test_every_core_of_the_table_is_tested_with_a_compiler() -> None:
    needs_a_newer_or_another_compiler = {"cortex-m85", "rv32imc", "esp32c3", "host"}
    assert {cpu.core for cpu in BUILDS} | needs_a_newer_or_another_compiler == set(CORES)


def test_m85_has_the_same_units_to_switch_off_as_m55() -> None:
    facts = (None, "hard", True, "integer")
    m55, m85 = (machine_flags(Cpu(core, *facts)) for core in ("cortex-m55", "cortex-m85"))  # type: ignore[arg-type]
    assert m85 == tuple(flag.replace("m55", "m85") for flag in m55)


def test_riscv_compiles_for_rv32imc_with_soft_floats() -> None:
    if shutil.which("riscv64-unknown-elf-gcc") is None:
        pytest.skip("riscv64-unknown-elf-gcc is not installed")
    defined = macros(Cpu("rv32imc", None, "soft", False, "none"), "riscv64-unknown-elf-gcc")
    assert defined["__riscv_xlen"] == "32"
    assert {"__riscv_compressed", "__riscv_mul", "__riscv_float_abi_soft"} <= set(defined)
    assert "__riscv_flen" not in defined


def test_host_needs_no_machine_flags_and_keeps_its_own_c_runtime() -> None:
    host = Cpu("host", None, "hard", False, "none")
    assert machine_flags(host) == ()
    assert "-nostartfiles" not in link_flags(host)
    assert "-ffp-contract=off" in compile_flags(host)


@pytest.mark.parametrize(
    ("cpu", "message"),
    [
        (Cpu("cortex-m99", None, "soft", False, "none"), "no compiler flags are known for the core `cortex-m99`"),
        (Cpu("cortex-m4", "fpv5-d16", "hard", True, "none"), "cortex-m4 has no FPU `fpv5-d16`"),
        (Cpu("cortex-m3", None, "soft", True, "none"), "cortex-m3 has no DSP extension"),
        (Cpu("cortex-m4", None, "soft", False, "none"), "cortex-m4 always has the DSP extension"),
        (Cpu("cortex-m33", None, "soft", True, "integer"), "cortex-m33 has no MVE"),
        (Cpu("cortex-m55", None, "hard", False, "integer"), "cortex-m55 with MVE has the DSP extension too"),
        (Cpu("cortex-m55", None, "hard", True, "float"), "cortex-m55 with MVE for floats has an FPU"),
        (Cpu("cortex-m55", "fpv5-d16", "soft", True, "float"), "cortex-m55 cannot use MVE with float_abi: soft"),
        (Cpu("cortex-m33", None, "hard", True, "none"), "cortex-m33 without an FPU cannot use float_abi: hard"),
    ],
)
def test_facts_that_contradict_each_other_are_refused_where_they_stand(cpu: Cpu, message: str) -> None:
    with pytest.raises(UserError) as caught:
        machine_flags(cpu, Location(Path("boards/odd.yaml"), 4, 6))
    assert caught.value.render().startswith(f"boards/odd.yaml:4:6: error: {message}\n")
    assert caught.value.hint


def test_objects_are_the_same_in_two_folders_and_hold_neither_path(tmp_path: Path) -> None:
    objects = []
    cpu = Cpu("cortex-m33", "fpv5-sp-d16", "hard", True, "none")
    for folder in (tmp_path / "one", tmp_path / "two" / "deeper"):
        folder.mkdir(parents=True)
        (folder / "unit.c").write_text("const char *where(void);\nconst char *where(void) { return __FILE__; }\n")
        flags = (*compile_flags(cpu, [(folder, "build")]), *STRICT_WARNINGS)
        subprocess.run(["arm-none-eabi-gcc", *flags, "-c", folder / "unit.c", "-o", "unit.o"], cwd=folder, check=True)
        objects.append((folder / "unit.o").read_bytes())
    assert objects[0] == objects[1]
    assert str(tmp_path).encode() not in objects[0]
