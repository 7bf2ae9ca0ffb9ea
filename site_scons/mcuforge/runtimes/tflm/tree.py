"""What a TensorFlow Lite Micro source tree holds. Upstream moves, so nothing about it is assumed: it is probed.

Four layouts ("eras") are known. A: everything in `tflite::`. B: the parsers moved. C: kernels in `tflite::micro::`.
D: interpreter and C types too. The generated C++ follows the namespaces found, whatever the era is called.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mcuforge.errors import Location, UserError
from mcuforge.resources import write_atomic
from mcuforge.runtimes.tflm.cpp_scan import enclosing_namespace, functions, without_comments
from mcuforge.runtimes.tflm.fetch import COMMIT_FILE, cache_dir

MICRO = "tensorflow/lite/micro"
KERNELS = f"{MICRO}/kernels"
RESOLVER = f"{MICRO}/micro_mutable_op_resolver.h"
_INTERPRETER = f"{MICRO}/micro_interpreter.h"
_MICRO_OPS = f"{KERNELS}/micro_ops.h"
_SCHEMAS = ("tensorflow/lite/schema/schema_generated.h", "tensorflow/compiler/mlir/lite/schema/schema_generated.h")
_SIGNAL_KERNELS = "signal/micro/kernels"
VENDORS = ("cmsis_nn", "esp_nn", "ethos_u")
_FORMAT = 1
_FLATBUFFERS = re.compile(
    r"FLATBUFFERS_VERSION_MAJOR\s*==\s*(\d+)\s*&&\s*FLATBUFFERS_VERSION_MINOR\s*==\s*(\d+)\s*&&\s*"
    r"FLATBUFFERS_VERSION_REVISION\s*==\s*(\d+)"
)
_REGISTER = r"Register_\w+"
_DECLARED = re.compile(rf"\b({_REGISTER})\s*\(\s*(?:void)?\s*\)")


@dataclass(frozen=True)
class AddMethod:
    """A method of MicroMutableOpResolver: the operator it adds, and the function that gives its registration.

    `operator` is TFLite's name, or `CUSTOM:<name>`. `takes_registration`: another one can be handed to it.
    """

    name: str
    operator: str
    register: str
    takes_registration: bool


@dataclass(frozen=True)
class TflmTree:
    """A probed tree; all paths are relative to `root`.

    `namespace` is the interpreter's, `kernel_namespace` that of `Register_…`. `methods` by operator. `definitions` maps
    the folder of kernels ("" for the reference) to function → file. `declared` maps functions to the header that
    declares them. `commit` is None for a tree that is no git checkout.
    """

    root: Path
    commit: str | None
    era: str
    namespace: str
    kernel_namespace: str
    flatbuffers: str
    methods: Mapping[str, AddMethod]
    definitions: Mapping[str, Mapping[str, str]]
    declared: Mapping[str, str]
    per_channel_fully_connected: bool

    def has(self, path: str) -> bool:
        return (self.root / path).is_file()

    def has_vendor(self, vendor: str) -> bool:
        return bool(self.definitions.get(vendor))


def probe(root: Path) -> TflmTree:
    """Reads the tree, or what the last probe of the same files found. Raises UserError when it is no TFLM tree."""
    root = root.resolve()
    _require_tree(root)
    stamp = _stamp(root)
    store = cache_dir() / "probes" / f"{hashlib.sha256(os.fsencode(root)).hexdigest()[:32]}.json"
    known = _read_store(store, stamp)
    if known is None:
        known = _facts(root)
        with contextlib.suppress(OSError):  # a cache that cannot be written costs time, not the build
            write_atomic(store, json.dumps({"stamp": stamp, "facts": known}, indent=1) + "\n")
    methods = {name: AddMethod(**method) for name, method in known.pop("methods").items()}
    return TflmTree(root=root, methods=methods, **known)


def _require_tree(root: Path) -> None:
    missing = [path for path in (_INTERPRETER, RESOLVER, _MICRO_OPS) if not (root / path).is_file()]
    if not root.is_dir():
        raise UserError(f"there is no folder `{root}`", hint="tflm_dir= and TFLM_DIR name a checkout of TFLM")
    if missing:
        raise UserError(
            f"`{root}` is not a TensorFlow Lite Micro tree",
            details=tuple(f"it has no {path}" for path in missing),
            hint="name the folder that holds `tensorflow/`",
        )


def _stamp(root: Path) -> str:
    """Changes when any scanned file does, by name, size or time. Nothing is opened, so it costs milliseconds."""
    digest = hashlib.sha256(f"{_FORMAT} {_commit(root)}".encode())
    for path in _scanned(root):
        status = path.stat()
        digest.update(f"{path.relative_to(root)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _scanned(root: Path) -> Iterator[Path]:
    for path in (_INTERPRETER, RESOLVER, *_SCHEMAS):
        if (root / path).is_file():
            yield root / path
    for folder in (KERNELS, _SIGNAL_KERNELS, *(f"{KERNELS}/{vendor}" for vendor in VENDORS)):
        for suffix in ("h", "cc"):
            yield from sorted((root / folder).glob(f"*.{suffix}"))


def _read_store(store: Path, stamp: str) -> dict[str, Any] | None:
    try:
        content = json.loads(store.read_text(encoding="utf-8"))
        return content["facts"] if content["stamp"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _facts(root: Path) -> dict[str, Any]:
    namespace = _namespace(root, _INTERPRETER, r"\bclass\s+MicroInterpreter\b")
    kernel_namespace = _namespace(root, _MICRO_OPS, r"\bRegister_\w+\s*\(")
    fully_connected = root / KERNELS / "fully_connected.h"
    return {
        "commit": _commit(root),
        "era": _era(root, namespace, kernel_namespace),
        "namespace": namespace,
        "kernel_namespace": kernel_namespace,
        "flatbuffers": _flatbuffers(root),
        "methods": {method.operator: asdict(method) for method in _add_methods(_read(root / RESOLVER))},
        "definitions": {
            "": {**_defined(root, _SIGNAL_KERNELS), **_defined(root, KERNELS)},
            **{vendor: _defined(root, f"{KERNELS}/{vendor}") for vendor in VENDORS},
        },
        "declared": dict(_declared(root)),
        "per_channel_fully_connected": fully_connected.is_file() and "per_channel" in _read(fully_connected),
    }


def _namespace(root: Path, header: str, pattern: str) -> str:
    found = enclosing_namespace(_read(root / header), re.compile(pattern))
    if not found:
        raise UserError(
            f"`{root}` is not a TensorFlow Lite Micro tree that mcuforge understands",
            location=Location(root / header),
            details=(f"nothing in it matches {pattern}",),
            hint="eras A to D are known (docs/tflm.md)",
        )
    return found


def _era(root: Path, namespace: str, kernel_namespace: str) -> str:
    if namespace.endswith("::micro"):
        return "D"
    if kernel_namespace.endswith("::micro"):
        return "C"
    return "A" if (root / "tensorflow/lite/core/api/flatbuffer_conversions.cc").is_file() else "B"


def _flatbuffers(root: Path) -> str:
    """The version that the generated schema asserts; the empty text for a schema that asserts none."""
    for path in _SCHEMAS:
        if (root / path).is_file():
            match = _FLATBUFFERS.search(_read(root / path))
            if match is not None:
                return ".".join(match.groups())
    return ""


def _add_methods(resolver: str) -> Iterator[AddMethod]:
    for name, parameters, body in functions(resolver, r"Add[A-Z]\w*"):
        register = re.search(_REGISTER, parameters + body)
        operator = _operator(body)
        if register is not None and operator is not None:
            yield AddMethod(name, operator, register[0], _REGISTER_DEFAULT.search(parameters) is not None)


_REGISTER_DEFAULT = re.compile(r"Registration\w*\s*&")


def _operator(body: str) -> str | None:
    builtin = re.search(r"\bAddBuiltin\s*\(\s*(?:\w+::)*BuiltinOperator_(\w+)", body)
    if builtin is not None:
        return builtin[1]
    custom = re.search(r'\bAddCustom\s*\(\s*"([^"]+)"', body)
    if custom is not None:
        return f"CUSTOM:{custom[1]}"
    # The NPU's operator gets its name from a function: the string stands in its kernel.
    return "CUSTOM:ethos-u" if "GetString_ETHOSU" in body else None


def _defined(root: Path, folder: str) -> dict[str, str]:
    """Function → file for each `Register_…` that a folder defines."""
    found: dict[str, str] = {}
    for path in sorted((root / folder).glob("*.cc")):
        if path.stem.endswith("_test"):
            continue
        for name, _, _ in functions(_read(path), _REGISTER):
            found.setdefault(name, f"{folder}/{path.name}")
    return found


def _declared(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / KERNELS).glob("*.h")):
        for name in _DECLARED.findall(_read(path)):
            yield name, f"{KERNELS}/{path.name}"


def _read(path: Path) -> str:
    return without_comments(path.read_text(encoding="utf-8", errors="replace"))


def _commit(root: Path) -> str | None:
    mark = root / COMMIT_FILE
    if mark.is_file():
        return mark.read_text(encoding="ascii", errors="replace").strip()
    if not (root / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() or None
