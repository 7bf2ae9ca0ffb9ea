"""The SCons of RT-Thread and of PlatformIO, with the very lines of docs/hosts/scons.md.

PlatformIO is real: its builder, run by `pio run`. Its registry is not asked: the platform is a folder that compiles for
this computer, and its SCons package starts the SCons that is installed here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.test_pages import blocks_of
from tests.export.tools import run_tool
from tests.support.projects import copy_hello
from tests.support.scons import ROOT, Run, scons_argv
from tests.support.tools import require

pytestmark = pytest.mark.slow
LINES = {block.file: block.text for block in blocks_of(ROOT / "docs" / "hosts" / "scons.md") if block.file}
SCRIPT = Path(__file__).parent / "firmware" / "src" / "own script.ld"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons")}

# How a BSP's SConstruct makes its environment, and what PrepareBuilding and DoBuilding do to it.
RT_THREAD = f"""\
DEVICE = " -mcpu=cortex-m33 -mthumb -ffunction-sections -fdata-sections"
CFLAGS = DEVICE + " -Dgcc -O0 -gdwarf-2 -g --specs=nano.specs"
LFLAGS = DEVICE + ' --specs=nano.specs -nostartfiles -Wl,--gc-sections,-Map=rt-thread.map,-cref -T "{SCRIPT}"'
TARGET = "rt-thread.elf"
DefaultEnvironment(tools=[])
env = Environment(tools=["mingw"], AS="arm-none-eabi-gcc", ASFLAGS=" -c", CC="arm-none-eabi-gcc", CFLAGS=CFLAGS,
                  AR="arm-none-eabi-ar", ARFLAGS="-rc", CXX="arm-none-eabi-g++", CXXFLAGS=CFLAGS,
                  LINK="arm-none-eabi-gcc", LINKFLAGS=LFLAGS)
env.PrependENVPath("PATH", "{{path}}")
env.Replace(CCCOMSTR="CC $TARGET", LINKCOMSTR="LINK $TARGET")
env.Append(CPPPATH=[Dir("#").abspath])
objs = env.Object("build/main", "main.c")


def DoBuilding(target, objects):
    env.Program(target, objects)


"""
MAIN = '#include "hello.h"\nint main(void) { return hello_invoke() != HELLO_OK; }\n'


def test_rt_threads_scons(tmp_path: Path) -> None:
    require("arm-none-eabi-gcc")
    copy_hello(tmp_path / "projects" / "hello")
    (tmp_path / "main.c").write_text(MAIN)
    found = shutil.which("arm-none-eabi-gcc")
    assert found is not None
    text = RT_THREAD.replace("{path}", str(Path(found).parent))
    (tmp_path / "SConstruct").write_text(text + LINES["rt-thread.SConstruct"])

    def scons() -> Run:
        command = scons_argv("-Q")
        done = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        return Run(done.returncode, done.stdout, done.stderr)

    built = scons()
    assert built.code == 0, built.text
    assert "CC build/hello/obj/hello_layers.o" in built.out, "the host's own way to show commands"
    size = json.loads((tmp_path / "build/hello/rt-thread.elf.size/size.json").read_text())
    assert size["causes"]["kernels"]["flash"] > 0
    assert scons().out == "scons: `.' is up to date.\n"
    manifest = tmp_path / "projects/hello/project.yaml"
    manifest.write_text(re.sub(r"flash: [^,}]+", "flash: 1 KiB", manifest.read_text()))
    failed = scons()
    assert failed.code == 2 and "flash budget exceeded" in failed.err and not (tmp_path / "rt-thread.elf").exists()


PLATFORM = {
    "packages/tool-scons/package.json": '{"name": "tool-scons", "version": "%s", "description": "the SCons of here"}',
    "packages/tool-scons/.piopm": '{"type": "tool", "name": "tool-scons", "version": "%s",'
    ' "spec": {"owner": "platformio", "id": null, "name": "tool-scons", "requirements": null, "uri": null}}',
    "packages/tool-scons/scons.py": "from SCons.Script import main\nmain()\n",
    "platforms/bench/platform.json": '{"name": "bench", "title": "This computer", "version": "1.0.0",'
    ' "description": "this computer", "packages": {}}',
    "platforms/bench/platform.py": "from platformio.platform.base import PlatformBase\n\n\n"
    "class BenchPlatform(PlatformBase):\n    pass\n",
    # As platforms do: compiler and flags are set after a project's pre-scripts have run.
    "platforms/bench/builder/main.py": "from SCons.Script import AlwaysBuild, Default, DefaultEnvironment\n\n"
    'env = DefaultEnvironment()\nenv.Replace(CC="gcc")\nenv.Append(CCFLAGS=["-DFROM_THE_PLATFORM=1"])\n'
    'Default(AlwaysBuild(env.Alias("buildprog", env.BuildProgram())))\n',
}


def test_platformios_scons(tmp_path: Path) -> None:
    require("gcc")
    asked = "import json, sysconfig; from platformio.dependencies import get_core_dependencies as f;"
    told = run_tool(
        "python", "-c", f"{asked} print(json.dumps([sysconfig.get_path('purelib'), f()['tool-scons']]))", cwd=tmp_path
    )
    packages, wanted = json.loads(told.stdout)
    core, app = tmp_path / "core", tmp_path / "app"
    for name, text in PLATFORM.items():
        (core / name).parent.mkdir(parents=True, exist_ok=True)
        (core / name).write_text(text.replace("%s", wanted.lstrip("~^")))
    copy_hello(app / "projects" / "hello")
    for name in ("model.py", "gate.py"):
        (app / name).write_text(LINES[name])
    (app / "platformio.ini").write_text(
        f"[env:bench]\nplatform = bench\nbuild_flags = -Os -DOF_THE_PROJECT=1\n{LINES['platformio.ini']}"
    )
    (app / "src").mkdir()
    (app / "src" / "main.c").write_text(LINES["main.c"])

    def pio() -> Run:
        variables = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'site_scons'}{os.pathsep}{packages}",
            "PLATFORMIO_CORE_DIR": str(core),
            "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no",
        }
        command = [sys.executable, "-m", "platformio", "run", "-v"]
        done = subprocess.run(command, cwd=app, env=variables, capture_output=True, text=True, timeout=120, check=False)
        return Run(done.returncode, done.stdout, done.stderr)

    built = pio()
    assert built.code == 0, built.text
    (compiled,) = (line for line in built.out.splitlines() if "hello_layers.c" in line)
    assert compiled.startswith("gcc ") and "-Os" in compiled and "-ffp-contract=off" in compiled
    assert "-DFROM_THE_PLATFORM=1" in compiled and "-DOF_THE_PROJECT=1" in compiled
    program = app / ".pio" / "build" / "bench" / "program"
    assert subprocess.run([program], capture_output=True, check=True).stdout == b"sin(pi/2) = 100 / 100\n"
    again = pio()
    assert again.code == 0 and "hello_layers" not in again.out and "BUDGET" not in again.out, again.text
    manifest = app / "projects" / "hello" / "project.yaml"
    manifest.write_text(re.sub(r"flash: [^,}]+", "flash: 1 KiB", manifest.read_text()))
    failed = pio()
    assert failed.code != 0 and "flash budget exceeded" in failed.text and not program.exists()
