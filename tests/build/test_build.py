"""`scons project=… board=…` end to end, with the real compiler: what is built, when, and what failures leave behind."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import copy_hello
from tests.support.scons import ROOT, Run, files_below, scons

IMAGES = (".elf", ".hex", ".bin")


def build(project: Path, build_dir: Path, *words: str, board: str = "nrf5340", **extra: str) -> Run:
    return scons(f"project={project}", f"board={board}", f"build_dir={build_dir}", *words, **extra)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """hello for nrf5340, built once: the folder that holds `hello/project.yaml` and `build/`."""
    folder = tmp_path_factory.mktemp("built")
    run = build(copy_hello(folder / "hello"), folder / "build")
    assert run.code == 0, run.text
    return folder


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Path:
    """A copy of what `built` made, for tests that change something."""
    project = tmp_path / "hello"
    shutil.copytree(built / "hello", project)
    run = build(project / "project.yaml", tmp_path / "build")
    assert run.code == 0, run.text
    return tmp_path


def output(folder: Path, name: str) -> Path:
    return folder / "build" / "hello" / "nrf5340" / name


def replace_in(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text())
    assert count == 1, f"{pattern} in {path}"
    path.write_text(text)


def test_an_image_and_its_verdict_are_made(built: Path) -> None:
    for name in ("hello.elf", "hello.map", "hello.hex", "hello.bin", "size.json", "budget.ok"):
        assert output(built, name).stat().st_size > 0, name
    size = json.loads(output(built, "size.json").read_text())
    assert size["project"] == "hello" and size["board"] == "nrf5340"
    assert {region["verdict"] for region in size["regions"].values()} == {"ok"}


def test_a_second_build_does_nothing_and_says_so(built: Path) -> None:
    before = files_below(built / "build", *IMAGES, ".o", ".json")
    run = build(built / "hello" / "project.yaml", built / "build")
    assert run.code == 0 and run.verbs == []
    assert "is up to date" in run.out
    assert files_below(built / "build", *IMAGES, ".o", ".json") == before


def test_a_new_budget_checks_again_and_rebuilds_nothing(workspace: Path) -> None:
    replace_in(workspace / "hello" / "project.yaml", r"flash: \S+ KiB", "flash: 200 KiB")
    run = build(workspace / "hello" / "project.yaml", workspace / "build")
    assert run.code == 0, run.text
    assert set(run.verbs) <= {"SIZE", "BUDGET", "IMAGE"} and "BUDGET" in run.verbs


def test_a_new_label_recompiles_only_what_shows_it(workspace: Path) -> None:
    project = workspace / "hello" / "project.yaml"
    project.write_text(project.read_text() + "\nlabels: [sine]\n")
    run = build(project, workspace / "build")
    assert run.code == 0, run.text
    assert run.verbs[0] == "GENERATE" and "PLATFORM" not in run.verbs
    compiled = re.findall(r"CC +\S*/(\w+)\.o", run.out)
    # hello.h gained the label table: hello.c and its includer change, the kernels and weights do not.
    assert "hello" in compiled and not {"hello_kernels", "hello_weights", "startup"} & set(compiled)


def test_over_budget_fails_and_leaves_no_image(workspace: Path) -> None:
    project = workspace / "hello" / "project.yaml"
    replace_in(project, r"flash: \S+ KiB", "flash: 1 KiB")
    run = build(project, workspace / "build")
    assert run.code == 2
    line = next(at for at, text in enumerate(project.read_text().splitlines(), 1) if "flash: 1 KiB" in text)
    assert re.search(rf"project\.yaml:{line}:\d+: error: flash budget exceeded", run.err), run.err
    assert "largest:" in run.err and "hint:" in run.err
    assert not output(workspace, "hello.hex").exists() and not output(workspace, "hello.bin").exists()
    assert build(project, workspace / "build").code == 2, "a failed verdict must not count as up to date"


def test_a_budget_of_exactly_what_is_used_passes_and_one_byte_less_fails(workspace: Path) -> None:
    project = workspace / "hello" / "project.yaml"
    used = json.loads(output(workspace, "size.json").read_text())["regions"]["flash"]["used"]
    replace_in(project, r"flash: \S+ KiB", f"flash: {used}")
    assert build(project, workspace / "build").code == 0
    replace_in(project, rf"flash: {used}", f"flash: {used - 1}")
    run = build(project, workspace / "build")
    assert run.code == 2 and "exceeded by 1 B" in run.err, run.err


def test_a_stack_budget_below_one_inference_fails_and_names_the_deepest_calls(workspace: Path) -> None:
    project = workspace / "hello" / "project.yaml"
    bound = json.loads(output(workspace, "size.json").read_text())["stack"]["bound"]
    replace_in(project, r"stack: \S+ KiB", f"stack: {bound - 8}")
    run = build(project, workspace / "build")
    assert run.code == 2 and "stack budget exceeded by 8 B" in run.err, run.err
    assert "largest: hello_fully_connected_s8" in run.err
    replace_in(project, rf"stack: {bound - 8}", f"stack: {bound}")
    assert build(project, workspace / "build").code == 0


def test_one_job_and_two_jobs_make_identical_bytes(built: Path, tmp_path: Path) -> None:
    assert build(built / "hello" / "project.yaml", tmp_path / "build", "-j1").code == 0
    assert build(built / "hello" / "project.yaml", tmp_path / "again", "-j2").code == 0
    one = files_below(tmp_path / "build", *IMAGES, ".o", ".c", ".h", ".json", ".map")
    two = files_below(tmp_path / "again", *IMAGES, ".o", ".c", ".h", ".json", ".map")
    # The map names the objects by the paths they were given, which differ by the build folder's name.
    maps = [name for name in one if name.endswith(".map")]
    assert maps and [one.pop(name).replace(b"build", b"") for name in maps] == [
        two.pop(name).replace(b"again", b"") for name in maps
    ]
    assert one == two


def test_the_same_project_elsewhere_makes_identical_images(built: Path, tmp_path: Path) -> None:
    # What SCons, a shell, make, ld or QEMU would each like to read as something else.
    folder = tmp_path / "a $HOME ${x} path; `with` (100 %o), \\ 'quotes' & \"ü\" #*"
    project = folder / "hello"
    shutil.copytree(built / "hello", project)
    run = build(project / "project.yaml", folder / "build")
    assert run.code == 0, run.text
    assert files_below(folder / "build", *IMAGES) == files_below(built / "build", *IMAGES)
    again = build(project / "project.yaml", folder / "build", "emulate")
    assert again.code == 0 and "CC" in again.verbs and "hello.o" not in again.text and " 0 differ" in again.text


def test_a_directory_names_its_project(built: Path) -> None:
    run = build(built / "hello", built / "build")
    assert run.code == 0 and run.verbs == []


def test_verbose_shows_whole_commands(built: Path, tmp_path: Path) -> None:
    run = build(built / "hello", tmp_path / "build", "verbose=1")
    assert run.code == 0 and "-mcpu=cortex-m33" in run.out and run.verbs == []


def test_a_changed_kernel_recompiles_the_kernels_only(workspace: Path, tmp_path: Path) -> None:
    # A copy of the whole checkout, since the runtime's own sources are touched.
    checkout = tmp_path / "checkout"
    for name in ("site_scons", "boards", "runtime"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "SConstruct", checkout)
    words = (f"project={workspace / 'hello'}", "board=nrf5340")
    assert scons(*words, cwd=checkout).code == 0
    header = checkout / "runtime" / "include" / "mcuforge" / "fully_connected.h"
    header.write_text(header.read_text() + "\n#define MCUF_TOUCHED 1\n")
    run = scons(*words, cwd=checkout)
    compiled = set(re.findall(r"CC +\S*/(\w+)\.o", run.out))
    assert run.code == 0 and compiled == {"hello_kernels", "hello_layers"}, run.text


def test_nothing_imports_tensorflow(built: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for name in ("tensorflow", "keras", "tf_keras", "torch"):
        (trap / name).mkdir(parents=True)
        (trap / name / "__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write({name!r})\n")
    run = build(built / "hello", tmp_path / "build", PYTHONPATH=str(trap))
    assert run.code == 0, run.text
    assert not (tmp_path / "imported").exists()


def test_planning_a_build_imports_nothing_that_only_its_steps_need() -> None:
    modules = "mcuforge.backends.scons", "mcuforge.backends.request"
    code = f"import sys, {', '.join(modules)}; print(*{{'numpy', 'jinja2', 'elftools', 'rich'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_there_is_no_heap_no_cpp_and_no_static_constructor(built: Path) -> None:
    content = output(built, "hello.map").read_text()
    assert not re.search(r"\b(malloc|_sbrk|_malloc_r|_Znwj|__cxa_\w+)\b", content)
    elf = output(built, "hello.elf").read_bytes()
    assert b".init_array" not in elf


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("projct=hello",), "error: there is no variable `projct`\n  hint: did you mean `project`?"),
        (("project=hallo", "board=nrf5340"), "error: there is no project `hallo`\n  hint: did you mean `hello`?"),
        (("project=hello", "board=nrf5430"), "error: there is no board `nrf5430`\n  hint: did you mean `nrf5340`?"),
        (("project=hello", "runtime=aott"), "error: there is no runtime `aott`\n  hint: did you mean `aot`?"),
        (("board=nrf5340",), "error: no project is named"),
        (("project=hello", "verbose=yes"), "error: verbose=yes is neither 0 nor 1"),
        (("boards", "bord=nrf5340"), "error: there is no variable `bord`\n  hint: did you mean `board`?"),
        (("boards", "size"), "error: `size` cannot be asked for together with `boards`"),
    ],
)
def test_a_wrong_command_line_is_an_error_with_a_hint(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    run = scons(*words, f"build_dir={tmp_path / 'build'}")
    assert run.code == 2 and message in run.err
    assert not (tmp_path / "build").exists()


def test_help_and_tables_name_what_there_is() -> None:
    text = scons("-h").out
    assert all(word in text for word in ("project", "board", "build_dir", "runtime", "verbose", "emulate"))
    assert "nrf5340" in scons("boards").out and "cortex-m33" in scons("boards").out
    assert "projects/kws" in scons("projects").out


def test_host_runs_the_stock_app(built: Path, tmp_path: Path) -> None:
    run = build(built / "hello", tmp_path / "build", board="host")
    assert run.code == 0, run.text
    done = subprocess.run(
        [tmp_path / "build" / "hello" / "host" / "hello.elf"], capture_output=True, text=True, check=True, timeout=10
    )
    assert "hello" in done.stdout
