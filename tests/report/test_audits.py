"""Audits, each on a real image that has what it looks for, and on one that has not."""

from __future__ import annotations

import contextlib
import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.manifest.load import list_boards, load_board, load_project
from mcuforge.manifest.types import AUDITS, Board
from mcuforge.report.audit import checks
from mcuforge.report.audit.attributes import Tag, read_attributes, unfit
from mcuforge.report.audit.checks import run_audits
from mcuforge.report.audit.image import AuditedImage
from mcuforge.report.audit.objects import read_objects
from mcuforge.report.audit.result import AuditResult, Finding, read_audit
from mcuforge.report.audit.riscv_attributes import unfit_riscv
from mcuforge.report.evidence import audit_checks
from mcuforge.resources import boards_dir
from mcuforge.toolchain.flags import compile_flags
from mcuforge.toolchain.memory_map import has_memory_map
from mcuforge.workers import gate as gate_worker
from tests.report.builds import Build, start_build
from tests.support.tools import require
from tests.toolchain.images import DEMO_SOURCES, GCC, PROGRAM, link

BOARDS = [name for name, path in list_boards().items() if has_memory_map(load_board(path))]
SBRK = "void *_sbrk(int n); void *_sbrk(int n) { static char h[64]; static int u; u += n; return h + u - n; }\n"


def built(folder: Path, board: str = "nrf5340", **sources: str) -> Build:
    """The demo, with files written anew or added: {stem: text}."""
    paths = {path.stem: path for path in DEMO_SOURCES}
    for stem, text in sources.items():
        paths[stem] = folder / "src" / f"{stem}.c"
        paths[stem].parent.mkdir(exist_ok=True)
        paths[stem].write_text(text)
    build = start_build(folder, board, sources=tuple(paths.values()))
    build.link()
    return build


def audited(build: Build, name: str) -> tuple[Finding, ...]:
    image = AuditedImage(build.elf, build.map, build.board, build.plan)
    return run_audits(image, [name]).findings


def compiled(folder: Path, board: Board, name: str, text: str) -> Path:
    source, made = folder / f"{name}.c", folder / f"{name}.o"
    source.write_text(text)
    subprocess.run([GCC, *compile_flags(board.cpu), "-c", source, "-o", made], check=True)
    return made


def test_the_manifest_knows_every_audit() -> None:
    assert tuple(checks.AUDITS) == AUDITS


@pytest.mark.parametrize("board", BOARDS)
def test_an_honest_image_passes_all_audits_on_every_board(board: str, tmp_path: Path) -> None:
    build = built(tmp_path, board)
    image = AuditedImage(build.elf, build.map, build.board, build.plan)
    # The demo's kernel multiplies floats on purpose.
    expected = ["floats"] if build.board.cpu.fpu is None else []
    assert [finding.audit for finding in run_audits(image, AUDITS).findings] == expected


def test_a_heap_is_found_with_who_needs_it(tmp_path: Path) -> None:
    main = (PROGRAM / "main.c").read_text().replace("return name", "name = malloc((size_t)zeroed[0]); return name")
    build = built(tmp_path, main="#include <stdlib.h>\n" + main, sbrk=SBRK)
    (found,) = audited(build, "heap")
    assert "malloc" in found.message and "_sbrk" in found.message
    assert "malloc is needed by main.o" in found.details


def test_constructors_are_found_where_a_linker_lets_them_pass(tmp_path: Path) -> None:
    build = built(tmp_path)
    made = compiled(
        tmp_path, build.board, "early", "int early; __attribute__((constructor)) void f(void) { early = 1; }"
    )
    script = tmp_path / "demo.ld"
    script.write_text(script.read_text().replace("ASSERT(SIZEOF(.init_array) == 0", "ASSERT(1"))
    link(build.board, [*build.objects, made], script, build.elf)
    (found,) = audited(build, "constructors")
    assert found.message == "code runs before main(): early.o"


def test_exceptions_and_type_information_are_told_apart(tmp_path: Path) -> None:
    names = "void __cxa_throw(void); void __cxa_throw(void) {}\nextern const int _ZTI3Foo; const int _ZTI3Foo = 3;\n"
    main = (
        (PROGRAM / "main.c")
        .read_text()
        .replace("int main(void)\n{", "int main(void)\n{ __cxa_throw(); zeroed[2] = (char)_ZTI3Foo;")
    )
    build = built(tmp_path, main="extern const int _ZTI3Foo; void __cxa_throw(void);\n" + main, cpp=names)
    assert [finding.hint for finding in audited(build, "exceptions")] == [
        "compile with -fno-exceptions",
        "compile with -fno-rtti",
    ]


def test_floats_without_an_fpu_are_found_in_quantized_models(tmp_path: Path) -> None:
    (found,) = audited(built(tmp_path, "mps2-an385"), "floats")
    assert not found.is_note and "cortex-m3 has no FPU" in found.message
    assert found.details[0].startswith("demo_conv: __aeabi_f2iz")


def test_floats_of_a_float_model_are_a_note(tmp_path: Path) -> None:
    build = built(tmp_path, "mps2-an385")
    build.plan_json.write_text(build.plan_json.read_text().replace("int8", "float32"))
    (found,) = audited(build, "floats")
    assert found.is_note and found.hint == "quantize the model"
    (check,) = audit_checks(AuditResult(("floats",), (found,)), build.project)
    assert check.problem is None and check.note.startswith("the model computes with floating-point")


def test_floats_with_an_fpu_are_nobodys_business(tmp_path: Path) -> None:
    assert audited(built(tmp_path, "nrf5340"), "floats") == ()


def test_global_names_without_the_prefix_are_named_with_their_object(tmp_path: Path) -> None:
    kernels = (PROGRAM / "demo_kernels.c").read_text() + "\nextern int conv_table; int conv_table = 3;\n"
    main = (PROGRAM / "main.c").read_text().replace("demo_invoke()", "demo_invoke() + conv_table")
    main = main.replace('#include "demo.h"\n', '#include "demo.h"\nextern int conv_table;\n')
    (found,) = audited(built(tmp_path, main=main, demo_kernels=kernels), "symbols")
    assert found.message == "demo_kernels.o defines global names without `demo_`: conv_table"


def test_an_unaligned_arena_is_found(tmp_path: Path) -> None:
    build = built(tmp_path)
    image = AuditedImage(build.elf, build.map, build.board, build.plan)
    moved = tuple(
        replace(symbol, address=symbol.address + 4) if symbol.name == "demo_arena" else symbol
        for symbol in image.symbols
    )
    assert any(symbol.name == "demo_arena" for symbol in moved)
    image.__dict__["symbols"] = moved
    (found,) = run_audits(image, ["alignment"]).findings
    assert "which is no multiple of 16" in found.message


def test_weights_that_are_not_const_are_found(tmp_path: Path) -> None:
    weights = (PROGRAM / "demo_weights.c").read_text().replace("const ", "")
    header = (PROGRAM / "demo.h").read_text().replace("extern const ", "extern ")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "demo.h").write_text(header)
    sources = {stem: (PROGRAM / f"{stem}.c").read_text() for stem in ("demo", "demo_kernels", "main")}
    (found,) = audited(built(tmp_path, demo_weights=weights, **sources), "weights")
    assert "demo_weights_conv in .data" in found.details and found.hint == "declare them const"


# What is compiled for the first does not run on the second.
FOREIGN = [
    ("mps2-an386", "mps2-an385", "Tag_CPU_arch: armv7e-m"),
    ("mps2-an500", "mps2-an386", "Tag_FP_arch: fpv5, and the core has fpv4-sp-d16"),
    ("mps2-an500", "nrf5340", "Tag_ABI_HardFP_use: double precision"),
    ("mps3-an547", "nrf5340", "Tag_MVE_arch: float, and the core has mve: none"),
    ("mps2-an385", "nrf5340", "Tag_ABI_VFP_args: soft float ABI, and the board has float_abi: hard"),
    ("nrf5340", "mps2-an385", "Tag_FP_arch: floating-point instructions, and the core has no FPU"),
]


@pytest.mark.parametrize(("made_for", "runs_on", "expected"), FOREIGN)
def test_an_object_for_another_core_is_named_with_its_attribute(
    made_for: str, runs_on: str, expected: str, tmp_path: Path
) -> None:
    boards = [load_board(boards_dir() / f"{name}.yaml") for name in (made_for, runs_on)]
    made = compiled(tmp_path, boards[0], "foreign", "double f(double a) { return a * a; }")
    (item,) = read_objects(iter([str(made)]))
    assert unfit(item.attributes, boards[0].cpu) == []
    assert any(reason.startswith(expected) for reason in unfit(item.attributes, boards[1].cpu))


def test_dsp_instructions_are_refused_on_a_core_without_the_extension(tmp_path: Path) -> None:
    board = load_board(boards_dir() / "nrf5340.yaml")
    made = compiled(tmp_path, board, "dsp", "int f(int a) { return a; }")
    (item,) = read_objects(iter([str(made)]))
    assert item.attributes[Tag.DSP_EXTENSION] == 1
    assert unfit(item.attributes, replace(board.cpu, dsp=False)) == [
        "Tag_DSP_extension: allowed, and the core has no DSP extension"
    ]
    half = {**item.attributes, Tag.FP_HP_EXTENSION: 2}
    assert "Tag_FP_HP_extension" in unfit(half, board.cpu)[0]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (("-march=rv32imc", "-mabi=ilp32"), []),
        (("-march=rv32i", "-mabi=ilp32"), []),
        (("-march=rv32imc_zicsr", "-mabi=ilp32"), []),
        (("-march=rv32imac", "-mabi=ilp32"), ["Tag_RISCV_arch: a, and the core is rv32imc"]),
        (("-march=rv64imc", "-mabi=lp64"), ["Tag_RISCV_arch: rv64, and the core is rv32"]),
        (
            ("-march=rv32imfc", "-mabi=ilp32f"),
            [
                "Tag_RISCV_arch: f, and the core is rv32imc",
                "e_flags: single float ABI, and the board has float_abi: soft",
            ],
        ),
    ],
)
def test_a_riscv_object_for_another_core_is_named_with_its_attribute(
    flags: tuple[str, ...], expected: list[str], tmp_path: Path
) -> None:
    require("riscv64-unknown-elf-gcc")
    (tmp_path / "x.c").write_text("int f(int a) { return a * a; }")
    subprocess.run(["riscv64-unknown-elf-gcc", *flags, "-c", "x.c"], cwd=tmp_path, check=True)
    (item,) = read_objects([str(tmp_path / "x.o")])
    cpu = load_board(boards_dir() / "virt.yaml").cpu
    assert unfit_riscv(item.arch, item.flags, cpu) == expected
    assert unfit_riscv(item.arch, item.flags, cpu, any_abi=True) == expected[:1]


def test_objects_in_archives_are_linted_too(tmp_path: Path) -> None:
    build = built(tmp_path)
    dsp = compiled(
        tmp_path, build.board, "a_member_with_a_long_name", "int helper(int a); int helper(int a) { return a; }"
    )
    subprocess.run(["arm-none-eabi-ar", "rcs", tmp_path / "libx.a", dsp], check=True)
    (item,) = read_objects(iter([f"{tmp_path / 'libx.a'}(a_member_with_a_long_name.o)"]))
    assert item.defined == ("helper",) and item.attributes[Tag.DSP_EXTENSION] == 1


def test_texts_among_attributes_are_skipped() -> None:
    pairs = b"\x05cortex-m4\x00" + b"\x06\x0d" + b"\x20\x01gnu\x00" + b"\x43v\x00" + b"\x2e\x01"
    scope = b"\x01" + (len(pairs) + 5).to_bytes(4, "little") + pairs
    section = b"A" + (len(scope) + 10).to_bytes(4, "little") + b"aeabi\x00" + scope
    assert read_attributes(section) == {6: 13, 32: 1, 46: 1}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", None),
        ("audit: strict", AUDITS),
        ("audit: true", AUDITS),
        ("audit: false", ()),
        ('audit: "off"', ()),
        ("audit: [heap, isa]", ("heap", "isa")),
    ],
)
def test_the_manifest_chooses_audits(line: str, expected: tuple[str, ...] | None, tmp_path: Path) -> None:
    path = tmp_path / "project.yaml"
    path.write_text(f"schema: 1\nname: demo\nmodel: {{source: demo.tflite}}\n{line}\n")
    assert load_project(path).audits == expected


def test_findings_survive_their_file(tmp_path: Path) -> None:
    result = AuditResult(("heap", "isa"), (Finding("heap", "a heap", ("malloc",), "remove it"),))
    (tmp_path / "audit.json").write_text(result.to_json())
    assert read_audit(tmp_path / "audit.json") == result


# -- a model in somebody else's program -------------------------------------------------------------------------------


def gated(build: Build) -> None:
    """What CMake and a host's SCons run after they have linked."""
    image = ["--elf", str(build.elf), "--map", str(build.map), "--runtime", "aot", "--toolchain", "theirs"]
    with contextlib.redirect_stdout(io.StringIO()):
        assert gate_worker.main([*build.who(), *image, "--output", str(build.folder / "gate")]) == 0


HEAP_OF_THE_HOST = (
    (PROGRAM / "main.c").read_text().replace("return name", "name = malloc((size_t)zeroed[0]); return name")
)


def hosted(folder: Path, audit: str = "", **sources: str) -> Build:
    build = built(folder, main="#include <stdlib.h>\n" + HEAP_OF_THE_HOST, sbrk=SBRK, **sources)
    if audit:
        build.project.path.write_text(build.project.path.read_text() + f"audit: {audit}\n")
    return build


def test_a_hosts_own_heap_is_its_own_affair(tmp_path: Path) -> None:
    build = hosted(tmp_path)
    gated(build)
    assert read_audit(tmp_path / "gate" / "audit.json").audits == checks.MODEL_AUDITS
    assert build.elf.exists()


def test_an_audit_that_the_manifest_names_is_made_of_the_hosts_program_too(tmp_path: Path) -> None:
    build = hosted(tmp_path, audit="[heap]")
    with pytest.raises(UserError, match="audit heap: the image uses a heap"):
        gated(build)
    assert not build.elf.exists()


def test_a_models_clashing_names_fail_a_hosts_build(tmp_path: Path) -> None:
    kernels = (
        PROGRAM / "demo_kernels.c"
    ).read_text() + "\nextern int conv_table; __attribute__((used)) int conv_table = 3;\n"
    build = hosted(tmp_path, demo_kernels=kernels)
    with pytest.raises(UserError, match=r"demo_kernels\.o defines global names without `demo_`: conv_table"):
        gated(build)


def test_a_model_compiled_for_another_core_fails_a_hosts_build_and_the_hosts_own_objects_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_SHOWN", 100)
    build = hosted(tmp_path)
    other = replace(build, board=load_board(boards_dir() / "mps2-an385.yaml"))
    image = AuditedImage(build.elf, build.map, other.board, build.plan, is_hosts=True)
    (found,) = run_audits(image, ["isa"]).findings
    assert not any("Tag_ABI_VFP_args" in detail for detail in found.details)
    named = {detail.partition(":")[0] for detail in found.details}
    assert named and named <= {"demo.o", "demo_kernels.o", "demo_weights.o"}
    everything = run_audits(replace(image, is_hosts=False), ["isa"]).findings[0]
    assert any(detail.startswith("main.o: Tag_") for detail in everything.details)


def test_objects_are_found_from_wherever_the_host_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ninja links in the build's top folder and runs what follows somewhere below it."""
    build = hosted(tmp_path)
    build.map.write_text(build.map.read_text().replace(f" {tmp_path}/", " "))
    (elsewhere := tmp_path / "below").mkdir()
    monkeypatch.chdir(elsewhere)
    image = AuditedImage(build.elf, build.map, build.board, build.plan, is_hosts=True)
    assert {Path(item.name).name for item in image.objects if image.is_own(item)} == {
        *("demo.o", "demo_kernels.o", "demo_weights.o")
    }
