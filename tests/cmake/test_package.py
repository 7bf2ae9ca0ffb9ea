"""The exported CMake package: it builds, installs and is found where there is no Python and no mcuforge."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cmake.running import GENERATORS, Build
from tests.export.exports import exported

TOOLS = ("cmake", "ninja", "make", "gcc", "cc", "ld", "as", "ar", "ranlib", "sh", "uname", "rm", "touch", "echo")


@pytest.fixture
def empty_environment(tmp_path: Path) -> dict[str, str]:
    """A PATH that has build tools and nothing else: no Python, no mcuforge; and no variables."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, tool
        (folder / tool).symlink_to(found)
    return {"PATH": str(folder)}


@pytest.mark.slow
@pytest.mark.parametrize("generator", GENERATORS)
def test_the_package_builds_in_an_empty_environment(
    generator: str, empty_environment: dict[str, str], tmp_path: Path
) -> None:
    source = exported("hello").write("cmake", tmp_path)
    build = Build(source, tmp_path / "build", empty_environment)
    configured = build.configure(generator, "-DMCUFORGE_HELLO_EXAMPLE=ON")
    assert configured.code == 0, configured.text
    assert "Python" not in configured.text
    built = build.build()
    assert built.code == 0, built.text
    assert build.program("mcuforge_hello_example") == "hello_output[0] = -8 / 1000\n"
    again = build.build()
    assert "Building" not in again.text and "Linking" not in again.text


@pytest.mark.slow
def test_two_packages_are_found_after_their_installation(tmp_path: Path) -> None:
    prefix = tmp_path / "pre fix"
    for project in ("hello", "kws"):
        build = Build(exported(project).write("cmake", tmp_path / project), tmp_path / f"build-{project}")
        assert build.configure("Ninja").code == 0
        assert build.build().code == 0
        assert build.install(prefix).code == 0
    app = tmp_path / "app"
    app.mkdir()
    (app / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\nproject(app C)\n"
        "find_package(mcuforge_hello REQUIRED)\nfind_package(mcuforge_kws REQUIRED)\n"
        "add_executable(app main.c)\ntarget_link_libraries(app PRIVATE mcuforge::hello mcuforge::kws)\n"
    )
    (app / "main.c").write_text(
        '#include "hello.h"\n#include "kws.h"\nint main(void) { return hello_invoke() || kws_invoke(); }\n'
    )
    build = Build(app, tmp_path / "build-app")
    configured = build.configure("Ninja", f"-DCMAKE_PREFIX_PATH={prefix}")
    assert configured.code == 0, configured.text
    built = build.build()
    assert built.code == 0, built.text
    assert build.program("app") == ""


@pytest.mark.slow
def test_the_packages_toolchain_file_cross_compiles_it(tmp_path: Path) -> None:
    source = exported("kws").write("cmake", tmp_path)
    build = Build(source, tmp_path / "build")
    configured = build.configure("Ninja", f"-DCMAKE_TOOLCHAIN_FILE={source / 'cmake' / 'nrf5340.cmake'}")
    assert configured.code == 0, configured.text
    assert build.build().code == 0
    assert (build.folder / "libkws.a").exists()
