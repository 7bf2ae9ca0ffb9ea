"""project.lock.yaml: what a model was made of and by what, so that a build elsewhere or later can be held to it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mcuforge.convert.cache import file_sha256
from mcuforge.convert.job import Facts, job_of
from mcuforge.convert.locked_files import data_files, model_files
from mcuforge.errors import UserError
from mcuforge.manifest.types import Project
from mcuforge.manifest.yaml_positions import read_yaml
from mcuforge.model.declared import used_operators
from mcuforge.model.reader import read_model

SCHEMA = 1
_HEADER = "# Written by `scons project=… lock`. A build whose inputs differ from this fails and names what changed.\n"

# Instruction sets for which converters have code of their own, which may sum in another order.
_EXTENSIONS = ("avx", "avx2", "fma", "avx512f", "avx512_vnni", "amx_int8", "asimd", "sve")

Entries = dict[str, str]


def entries(project: Project, model: Path, facts: Facts | None) -> Entries:
    """What is locked, by dotted name. `facts` are the conversion's, None for a .tflite file taken as it is."""
    parent = project.model.source.parent
    found = {f"model.{path.relative_to(parent).as_posix()}": file_sha256(path) for path in model_files(project)}
    if facts is not None:
        found["converted.sha256"] = facts.sha256
        found["converted.cpu"] = cpu_kind()
        found["converted.loader"] = facts.loader
        found |= {f"versions.{name}": version for name, version in sorted(facts.versions.items())}
    for path in data_files(project):
        found[f"data.{Path(os.path.relpath(path, project.path.parent)).as_posix()}"] = file_sha256(path)
    if project.quantize is not None:
        found |= {"quantize.scheme": project.quantize.scheme, "quantize.io": project.quantize.io}
    found |= dict(_flat("compress", job_of(project).settings["compress"]))
    found["operators"] = ", ".join(used_operators(read_model(model)))
    return found


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """What a nested map says, by dotted name; what it leaves out says nothing."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif value is not None:
        yield name, str(value)


def cpu_kind() -> str:
    """The machine, with the extensions that matter: `x86_64 avx avx2 fma`."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:  # not Linux
        flags = set()
    return " ".join([platform.machine(), *(name for name in _EXTENSIONS if name in flags)])


def to_yaml(found: Mapping[str, str]) -> str:
    """Text values all in quotes: a digest of digits alone must not be read as a number."""
    lines = [_HEADER, f"schema: {SCHEMA}\n", "entries:\n"]
    lines += [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in found.items()]
    return "".join(lines)


def check_lock(path: Path, found: Entries) -> str | None:
    """Raises UserError, at the first line that does not hold, naming all that changed.

    Returns a note instead when nothing changed but the converted bytes, and the lock was written on another kind of
    CPU, whose arithmetic may differ in the last bits.
    """
    data, positions = read_yaml(path)
    locked = data.get("entries")
    if data.get("schema") != SCHEMA or not isinstance(locked, dict):
        raise UserError("this is no lock file of this version", location=positions.at("schema"), hint=_hint())
    changed = [
        name for name in (*locked, *(name for name in found if name not in locked)) if _differs(name, locked, found)
    ]
    other_cpu = locked.get("converted.cpu") != found.get("converted.cpu")
    if other_cpu and changed == ["converted.sha256"]:
        return (
            f"converted to other bytes than the lock has, on another kind of CPU "
            f"({found.get('converted.cpu')}, locked on {locked.get('converted.cpu')})"
        )
    if not changed:
        return None
    raise UserError(
        f"the build is not what is locked: {', '.join(changed)} changed",
        location=positions.at("entries", changed[0]),
        details=tuple(_change(name, locked, found) for name in changed),
        hint=_hint(),
    )


def _differs(name: str, locked: Mapping[str, Any], found: Entries) -> bool:
    return name != "converted.cpu" and locked.get(name) != found.get(name)


def _change(name: str, locked: Mapping[str, Any], found: Entries) -> str:
    return f"{name}: locked {locked.get(name, 'nothing')}, found {found.get(name, 'nothing')}"


def _hint() -> str:
    return "if the change is meant, `scons project=… lock` writes the lock anew"
