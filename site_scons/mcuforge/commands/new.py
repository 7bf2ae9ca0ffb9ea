"""Start a project: a manifest for a model, a small application, and the schema that editors check manifests by.

In a folder that nothing builds yet, the SConstruct too.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

from mcuforge.errors import Location, UserError, display_path
from mcuforge.manifest.find import PROJECT_FILE, find_board, is_path, projects_dir
from mcuforge.manifest.load import load_project
from mcuforge.manifest.project import MODEL_FORMATS
from mcuforge.manifest.suggestions import hint_for
from mcuforge.model.edge_impulse import EdgeImpulseExport, is_edge_impulse, read_edge_impulse
from mcuforge.model.reader import read_model
from mcuforge.resources import front_door, make_folder, schema_dir, write_atomic

# A folder with one of these is built by something already: mcuforge goes into that.
_BUILDS = ("SConstruct", "CMakeLists.txt", "platformio.ini", "west.yml")
_SCHEMA = ".schema/project.schema.json"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,47}")
_MANIFEST = """\
# yaml-language-server: $schema={schema}
schema: 1
name: {name}
model:
  source: {model}
boards: [{board}]
# budgets: {{flash: 96 KiB, sram: 48 KiB}}   # the build fails when the image needs more
app: {{sources: [main.c]}}                    # absent: the stock app, which replays golden inputs
"""
_MAIN = """\
/* {name}: one inference after another. Fill the input with what your sensor measures. */
#include "{name}.h"

int main(void)
{{
    for (;;) {{
{fill}
        if ({name}_invoke() != {NAME}_OK) {{
            return 1;
        }}
        /* {name}.h says how the outputs are read: act on them. */
    }}
}}
"""
_FILL = """\
        for (size_t i = 0; i < {NAME}_INPUT{number}_SIZE; i++) {{
            {name}_input{number}()[i] = 0;
        }}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="a C identifier: the prefix of every generated symbol")
    parser.add_argument(
        "--from",
        dest="model",
        type=Path,
        required=True,
        help="the trained model, or an Edge Impulse C++ library (a .zip or its folder); copied",
    )
    parser.add_argument("--board", default="nrf5340", help="a board's name (default: nrf5340)")
    parser.add_argument("--output", type=Path, help="the project's folder (default: projects/<name>, or <name>)")


def run(arguments: argparse.Namespace) -> int:
    name, model = arguments.name, arguments.model
    if not _NAME.fullmatch(name):
        raise UserError(f"`{name}` is not a C identifier", hint="letters, digits and _, a letter first")
    if not model.exists():
        raise UserError(f"there is no model `{model}`", location=Location(model))
    imported = read_edge_impulse(model) if is_edge_impulse(model) else None
    if imported is None and not model.is_dir() and model.suffix.lower() not in MODEL_FORMATS:
        raise UserError(f"`{model.name}` is no model", hint=hint_for(model.suffix, MODEL_FORMATS, "formats"))
    if is_path(arguments.board):
        raise UserError("--board takes a board's name", hint="write a board file's path into the manifest afterwards")
    find_board(arguments.board)
    root = projects_dir() if projects_dir().is_dir() else Path()
    folder = arguments.output or root / name
    if folder.is_file() or (folder.exists() and any(folder.iterdir())):
        raise UserError("there is something already", location=Location(folder), hint="give another name or --output")
    _write(folder, name, model, arguments.board, imported)
    load_project(folder / PROJECT_FILE)
    if not any(Path(file).exists() for file in _BUILDS):
        write_atomic(Path("SConstruct"), front_door().read_bytes())
        print("ok: SConstruct, which builds projects")
    has_scons = Path("SConstruct").exists()
    following = f"scons project={display_path(folder)}" if has_scons else "take it into your build (docs/hosts)"
    print(f"ok: {display_path(folder / PROJECT_FILE)}; next: {following}")
    return 0


def _write(folder: Path, name: str, model: Path, board: str, imported: EdgeImpulseExport | None) -> None:
    names = {"name": name, "NAME": name.upper()}
    fill = "\n".join(_FILL.format(**names, number=number) for number in _input_numbers(model))
    make_folder(folder)
    file = f"{name}.tflite" if imported is not None else model.name
    if imported is not None:
        write_atomic(folder / file, imported.model)
    elif model.is_dir():
        shutil.copytree(model, folder / file)
    else:
        shutil.copyfile(model, folder / file)
    write_atomic(folder / _SCHEMA, (schema_dir() / "project.schema.json").read_bytes())
    write_atomic(folder / "main.c", _MAIN.format(**names, fill=fill))
    text = _MANIFEST.format(name=name, model=file, board=board, schema=_SCHEMA)
    if imported is not None and imported.labels:
        # JSON's strings are YAML's.
        text += f"labels: {json.dumps(imported.labels, ensure_ascii=False)}\n"
    write_atomic(folder / PROJECT_FILE, text)


def _input_numbers(model: Path) -> list[str]:
    """What follows `input` in the C API: a number where there are several. What is yet to be converted has one."""
    count = len(read_model(model).main.inputs) if model.suffix == ".tflite" else 1
    return [""] if count == 1 else [f"_{at}" for at in range(count)]
