"""Each ecosystem's own files, by its own tool where a registry carries it, else by the rules it publishes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mcuforge.backends.packaging.archive import zip_bytes
from mcuforge.toolchain.flags import machine_flags
from tests.export import arduino, cubemx
from tests.export.exports import ecosystem, exported, sources_in, texts_of
from tests.export.pdsc import problems
from tests.export.tools import run_tool
from tests.support.read_only import read_only
from tests.support.tools import require

HOSTS = Path(__file__).with_name("hosts")
SCHEMA = Path(__file__).with_name("zephyr_module.schema.yaml")
# The tool fetches the list of SPDX's identifiers to check `license` by it; the rest of its checks are its own.
PACK = """\
import sys
from platformio.package.manifest.schema import ManifestSchema
ManifestSchema.load_spdx_licenses = staticmethod(lambda: {"licenses": [{"licenseId": "Apache-2.0"}]})
from platformio.__main__ import main
sys.exit(main(["pio", "pkg", "pack", sys.argv[1], "-o", sys.argv[2]]))
"""


def test_platformio_packs_the_library(tmp_path: Path) -> None:
    folder = exported("hello").write("platformio", tmp_path)
    done = run_tool("python", "-c", PACK, folder, tmp_path / "packed.tar.gz", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    with tarfile.open(tmp_path / "packed.tar.gz") as packed:
        names = set(packed.getnames())
    assert {"library.json", "src/hello.c", "include/hello.h", "LICENSES/Apache-2.0.txt"} <= names


def test_platformio_refuses_a_library_that_is_spoilt(tmp_path: Path) -> None:
    folder = exported("hello").write("platformio", tmp_path)
    manifest = folder / "library.json"
    manifest.write_text(manifest.read_text().replace('"version": "', '"version": "x'))
    assert run_tool("python", "-c", PACK, folder, tmp_path / "x.tar.gz", cwd=tmp_path).returncode != 0


def test_platformios_manifest_names_files_that_are_there(tmp_path: Path) -> None:
    folder = exported("hello").write("platformio", tmp_path)
    manifest = json.loads((folder / "library.json").read_text())
    (example,) = manifest["examples"]
    assert all((folder / example["base"] / file).is_file() for file in example["files"])
    assert (folder / "include" / manifest["headers"]).is_file()


def test_espressifs_component_manager_accepts_and_packs_the_component(tmp_path: Path) -> None:
    folder = exported("hello").write("esp-idf", tmp_path)
    linted = run_tool("compote", "manifest", "lint", folder, cwd=folder)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    words = ("--name", "mcuforge_hello", "--dest-dir", tmp_path / "packed")
    packed = run_tool("compote", "component", "pack", *words, cwd=folder)
    assert packed.returncode == 0, packed.stdout + packed.stderr
    with tarfile.open(next((tmp_path / "packed").glob("mcuforge_hello_*.?.tgz"))) as archive:
        names = {name.removeprefix("./") for name in archive.getnames()}
    assert {"idf_component.yml", "CMakeLists.txt", "src/hello_kernels.c"} <= names


def test_espressifs_component_manager_refuses_a_spoilt_component(tmp_path: Path) -> None:
    folder = exported("hello").write("esp-idf", tmp_path)
    manifest = folder / "idf_component.yml"
    manifest.write_text(manifest.read_text().replace('version: "0.1.0"', "version: zero"))
    assert run_tool("compote", "manifest", "lint", folder, cwd=folder).returncode != 0


def test_zephyrs_module_file_follows_its_schema(tmp_path: Path) -> None:
    folder = exported("hello").write("zephyr", tmp_path)
    module = folder / "zephyr" / "module.yml"
    done = run_tool("pykwalify", "-d", module, "-s", SCHEMA, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    module.write_text(module.read_text() + "biuld: {}\n")
    assert run_tool("pykwalify", "-d", module, "-s", SCHEMA, cwd=tmp_path).returncode != 0


def test_zephyrs_files_name_one_configuration_option(tmp_path: Path) -> None:
    folder = exported("kws").write("zephyr", tmp_path)
    option = "MCUFORGE_KWS"
    assert re.search(rf"^config {option}$", (folder / "Kconfig").read_text(), re.MULTILINE)
    assert f"CONFIG_{option}=y" in (folder / "samples" / "kws" / "prj.conf").read_text()
    assert f"if(CONFIG_{option})" in (folder / "CMakeLists.txt").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["zephyr", "esp-idf"])
def test_the_build_files_compile_every_source_and_show_the_header(name: str, tmp_path: Path) -> None:
    """With stand-ins for the ecosystem's functions: the ecosystem itself is too large to fetch for a test."""
    require("cmake", "ninja")
    exported("hello").write(name, tmp_path).rename(tmp_path / "module")
    shutil.copy(HOSTS / name / "CMakeLists.txt", tmp_path)
    (tmp_path / "main.c").write_text('#include "hello.h"\nint main(void) { return hello_invoke() != HELLO_OK; }\n')
    subprocess.run(["cmake", "-G", "Ninja", "-S", tmp_path, "-B", tmp_path / "b"], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path / "b"], check=True, capture_output=True)
    subprocess.run([tmp_path / "b" / "app"], check=True)


def test_a_pack_follows_the_schema_and_names_files_that_are_there() -> None:
    package = exported("kws").package
    export = ecosystem("cmsis-pack")
    files = export.files(package)
    text = files["mcuforge.kws.pdsc"]
    assert problems(text) == []
    root = ElementTree.fromstring(text)
    named = {file.attrib["name"] for file in root.iter("file")}
    named |= {terms.attrib["name"] for terms in root.iter("license") if "name" in terms.attrib}
    folders = {f"{path.rpartition('/')[0]}/" for path in files}
    assert named <= {*files, *folders}
    assert {f"src/{name}" for name in package.source_names} <= named
    assert export.archive(package) == ("mcuforge.kws.0.1.0.pack", "")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('<release version="0.1.0"', '<release version="one"'),
        ('category="header"', 'category="headers"'),
        ("<vendor>mcuforge</vendor>", "<vendor>my forge</vendor>"),
        ("  <url></url>\n", ""),
        ("<keywords>", "<keywords><tag/>"),
    ],
)
def test_the_check_of_packs_finds_what_is_spoilt(right: str, wrong: str) -> None:
    text = ecosystem("cmsis-pack").files(exported("hello").package)["mcuforge.hello.pdsc"]
    assert right in text
    assert problems(text.replace(right, wrong)) != []


def test_arduinos_library_follows_its_specification(tmp_path: Path) -> None:
    assert arduino.problems(exported("hello").write("arduino", tmp_path)) == []


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("library.properties", "version=0.1.0", "version=one"),
        ("library.properties", "name=mcuforge_hello", "name=mcuforge/hello"),
        ("library.properties", "category=Data Processing", "category=AI"),
        ("library.properties", "includes=hello.h", "includes=helo.h"),
        ("library.properties", "maintainer=mcuforge", "maintainer="),
        ("keywords.txt", "\tKEYWORD2", " KEYWORD2"),
        ("examples/hello_example/hello_example.ino", "", None),
    ],
)
def test_the_check_of_arduinos_library_finds_what_is_spoilt(
    file: str, right: str, wrong: str | None, tmp_path: Path
) -> None:
    path = exported("hello").write("arduino", tmp_path) / file
    if wrong is None:
        path.rename(path.with_name("other.ino"))
    else:
        assert right in path.read_text()
        path.write_text(path.read_text().replace(right, wrong))
    assert arduino.problems(tmp_path / "arduino") != []


def test_arduinos_sketch_compiles(tmp_path: Path) -> None:
    """As C++ with Arduino's functions declared: the header has to be C++ too."""
    folder = exported("kws").write("arduino", tmp_path)
    (sketch,) = folder.glob("examples/*/*.ino")
    stand_in = tmp_path / "Arduino.h"
    stand_in.write_text(
        "#include <stddef.h>\n"
        "struct Port { void begin(long); void println(const char *); void println(float, int); };\n"
        "extern Port Serial;\nvoid delay(unsigned long);\n"
    )
    flags = (*machine_flags(exported("kws").target.board.cpu), "-Wall", "-Werror", f"-I{folder / 'src'}")
    command = ["arm-none-eabi-g++", *flags, "-include", stand_in, "-x", "c++", "-fsyntax-only", sketch]
    subprocess.run(command, check=True)


@pytest.mark.parametrize("name", ["make", "platformio", "stm32cube", "cmsis-pack"])
def test_the_example_compiles_without_a_warning(name: str, tmp_path: Path) -> None:
    folder = exported("kws").write(name, tmp_path)
    package = exported("kws").package
    includes = sorted({path.parent for path in folder.rglob("*.h")})
    examples = [path for path in folder.rglob("*.c") if path not in sources_in(folder, package)]
    assert examples
    for example in examples:
        flags = ("-std=c99", "-Wall", "-Wextra", "-Werror", *(f"-I{path}" for path in includes))
        subprocess.run(["gcc", *flags, "-fsyntax-only", example], check=True)


@pytest.mark.slow
def test_an_export_builds_outside_of_a_folder_that_is_read_only(tmp_path: Path) -> None:
    require("make", "cmake", "ninja")
    place = tmp_path / "not to be written"
    make, cmake = (exported("hello").write(name, place) for name in ("make", "cmake"))
    made, built = tmp_path / "made", tmp_path / "built here"
    for command in (
        ("make", "-s", "-C", make, f"BUILD={made}", "example"),
        ("cmake", "-G", "Ninja", "-S", cmake, "-B", built, "-DMCUFORGE_HELLO_EXAMPLE=ON"),
        ("cmake", "--build", built),
    ):
        with read_only(place) as prefix:
            subprocess.run([*prefix, *command], check=True, capture_output=True)
    for program in (made / "example", built / "mcuforge_hello_example"):
        subprocess.run([program], check=True, capture_output=True)


@pytest.mark.slow
def test_make_builds_the_library_and_an_example_and_nothing_twice(tmp_path: Path) -> None:
    require("make")
    folder = exported("hello").write("make", tmp_path)
    subprocess.run(["make", "-s", "-C", folder, "example"], check=True)
    done = subprocess.run([folder / "build" / "example"], check=True, capture_output=True, text=True)
    assert done.stdout == "hello_output[0] = -8 / 1000\n"
    assert subprocess.run(["make", "-q", "-C", folder, "example"], check=False).returncode == 0
    (folder / "src" / "hello_kernels.h").touch()
    assert subprocess.run(["make", "-q", "-C", folder, "example"], check=False).returncode == 1


def cube_project(folder: Path, *projects: str) -> Path:
    """Archives unpacked where a project's .ioc file is."""
    export = ecosystem("stm32cube")
    for name in projects:
        archive = folder.with_name(f"{name}.zip")
        archive.write_bytes(zip_bytes(export.files(exported(name).package), ""))
        with zipfile.ZipFile(archive) as unpacked:
            unpacked.extractall(folder)
    return folder


def test_a_middleware_folder_lies_where_cubemx_puts_those(tmp_path: Path) -> None:
    files = ecosystem("stm32cube").files(exported("hello").package)
    assert all(path.startswith("Middlewares/Third_Party/mcuforge_hello/") for path in files)
    assert set(texts_of(cube_project(tmp_path / "project", "hello"))) == set(files)


def test_cubemxs_settings_name_every_source_of_two_models_which_then_build(tmp_path: Path) -> None:
    """Compiled as CubeMX's Makefile projects do: the sources and include paths of the file, and nothing else."""
    project = cube_project(tmp_path / "project", "hello", "kws")
    texts = [path.read_text() for path in sorted(project.rglob("*.extSettings"))]
    assert [cubemx.problems(text, project) for text in texts] == [[], []]
    settings = [cubemx.read_ext_settings(text) for text in texts]
    toolchain = project / "STM32CubeIDE"
    toolchain.mkdir()
    (toolchain / "main.c").write_text(
        '#include "hello_app.h"\n#include "kws_app.h"\n'
        "int main(void) { return hello_app_process() + kws_app_process(); }\n"
    )
    words = [f"-I{path}" for item in settings for path in item.include_dirs]
    words += [path for item in settings for path in item.sources]
    assert len({Path(word).name for word in words}) == len(words) - 2  # two folders Inc, two App
    subprocess.run(["gcc", "-Wall", "-Werror", "main.c", *words, "-lm", "-o", "app"], check=True, cwd=toolchain)
    done = subprocess.run([toolchain / "app"], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("hello_output[0] = -8 / 1000\nkws_output[0] = ")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("[Groups]", "[Group]"), ("HeaderPath", "Headers"), ("Src/hello.c", "Src/helo.c"), ("/Inc;", "/Include;")],
)
def test_the_check_of_cubemxs_settings_finds_what_is_spoilt(right: str, wrong: str, tmp_path: Path) -> None:
    project = cube_project(tmp_path / "project", "hello")
    (path,) = project.rglob("*.extSettings")
    assert right in path.read_text()
    assert cubemx.problems(path.read_text().replace(right, wrong), project) != []


@pytest.mark.slow
def test_a_cmake_project_of_cubemx_takes_it_in_two_lines(tmp_path: Path) -> None:
    require("cmake", "ninja")
    project = cube_project(tmp_path / "project", "hello")
    (project / "main.c").write_text('#include "hello_app.h"\nint main(void) { return hello_app_process(); }\n')
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.22)\nproject(blinky C)\n"
        "add_library(stm32cubemx INTERFACE)\ntarget_compile_definitions(stm32cubemx INTERFACE USE_HAL_DRIVER)\n"
        "add_executable(${CMAKE_PROJECT_NAME} main.c)\n"
        "add_subdirectory(Middlewares/Third_Party/mcuforge_hello)\n"
        "target_link_libraries(${CMAKE_PROJECT_NAME} mcuforge_hello)\n"
    )
    subprocess.run(["cmake", "-G", "Ninja", "-S", project, "-B", tmp_path / "b"], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path / "b"], check=True, capture_output=True)
    subprocess.run([tmp_path / "b" / "blinky"], check=True, capture_output=True)
