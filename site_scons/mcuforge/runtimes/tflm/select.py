"""Which files of a TFLM tree a model needs: the interpreter's core, its operators' kernels, and what those need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mcuforge.errors import UserError
from mcuforge.manifest.types import Cpu, Kernels
from mcuforge.model.graph import Graph
from mcuforge.resources import runtime_dir
from mcuforge.runtimes.tflm import cmsis_nn, esp_nn
from mcuforge.runtimes.tflm.cpp_scan import includes, without_comments
from mcuforge.runtimes.tflm.sources import DOWNLOADS, TflmSources
from mcuforge.runtimes.tflm.support import VENDOR_FOLDERS, method_of, nodes_of
from mcuforge.runtimes.tflm.tree import KERNELS, MICRO, TflmTree

_LITE = "tensorflow/lite"
# Folders whose sources all belong to the core, in whichever era they exist.
_CORE_FOLDERS = (
    *(MICRO, f"{MICRO}/tflite_bridge", f"{MICRO}/memory_planner", f"{MICRO}/arena_allocator"),
    *(f"{KERNELS}/internal", f"{_LITE}/kernels/internal", f"{_LITE}/kernels/internal/reference"),
    *(f"{_LITE}/core/api", f"{_LITE}/core/c"),
    *("tensorflow/compiler/mlir/lite/core/api", "tensorflow/compiler/mlir/lite/schema"),
)
_CORE_FILES = (f"{_LITE}/kernels/kernel_util.cc", f"{KERNELS}/kernel_util.cc")
_NOT_FOR_DEVICES = ("test_helper", "fake_", "mock_", "_flexbuffers_generated_data")
# Ours stand in for these: see runtime/platform/tflm.
PLATFORM_FILES = ("debug_log.cc", "micro_time.cc", "system_setup.cc")
# A header there has its functions in the source of the same name.
_WITH_SOURCES = (f"{KERNELS}/", "signal/")
_ETHOS_U = "CUSTOM:ethos-u"


@dataclass(frozen=True)
class Selection:
    """Files by what they are: `core` and `kernels` relative to the tree, `library` those of CMSIS-NN or ESP-NN."""

    core: tuple[str, ...]
    kernels: tuple[str, ...]
    library: tuple[Path, ...]
    library_root: Path | None
    include_dirs: tuple[Path, ...]
    defines: tuple[str, ...]
    library_flags: tuple[str, ...] = ()


def select(graphs: Sequence[Graph], sources: TflmSources, kernels: Kernels, cpu: Cpu) -> Selection:
    """For models that share an image. Raises UserError for an operator that the tree cannot give."""
    tree = sources.tree
    files = kernel_files(graphs, tree, kernels)
    include_dirs = [tree.root, *_common_include_dirs(sources)]
    defines = ["TF_LITE_STATIC_MEMORY", "TF_LITE_DISABLE_X86_NEON", "TF_LITE_STRIP_ERROR_STRINGS", "NDEBUG"]
    library: tuple[Path, ...] = ()
    root: Path | None = None
    flags: tuple[str, ...] = ()
    if kernels == "cmsis-nn":
        root = sources.libraries["cmsis-nn"]
        library = cmsis_nn.reachable_sources(root, [tree.root / name for name in files])
        include_dirs += [root, root / "Include", cmsis_nn.core_include_dir(sources.libraries["cmsis-core"])]
        defines += cmsis_nn.DEFINES
    elif kernels == "esp-nn":
        root = sources.libraries["esp-nn"]
        library = esp_nn.sources(root, cpu)
        include_dirs += [root / "include", root / "src" / "common"]
        defines += esp_nn.defines(cpu)
        flags = esp_nn.flags(cpu)
    if any(node.op.kind == _ETHOS_U for graph in graphs for node in nodes_of(graph)):
        include_dirs.append(_ethos_u_driver(tree))
    return Selection(core_files(tree), files, library, root, tuple(include_dirs), tuple(defines), flags)


def core_files(tree: TflmTree) -> tuple[str, ...]:
    found = {path for path in _CORE_FILES if tree.has(path)}
    for folder in _CORE_FOLDERS:
        found.update(f"{folder}/{path.name}" for path in (tree.root / folder).glob("*.cc") if _is_for_devices(path))
    return tuple(sorted(path for path in found if PurePosixPath(path).name not in PLATFORM_FILES))


def _is_for_devices(path: Path) -> bool:
    return not path.stem.endswith("_test") and not any(part in path.stem for part in _NOT_FOR_DEVICES)


def kernel_files(graphs: Sequence[Graph], tree: TflmTree, kernels: Kernels) -> tuple[str, ...]:
    """The files that define the registrations of all operators used, and those these files include the headers of."""
    vendors = [VENDOR_FOLDERS[kernels]] if kernels in VENDOR_FOLDERS else []
    for vendor in vendors:
        if not tree.has_vendor(vendor):
            raise UserError(
                f"this TensorFlow Lite Micro tree has no kernels for {kernels}",
                details=(f"there is nothing in {tree.root}/{KERNELS}/{vendor}",),
                hint="take espressif/esp-tflite-micro" if kernels == "esp-nn" else "take upstream's tree",
            )
    waiting = []
    for node in (node for graph in graphs for node in nodes_of(graph)):
        register = method_of(node, tree).register
        chosen = [*vendors, "ethos_u"] if node.op.kind == _ETHOS_U else vendors
        waiting.append(_first(register, tree, chosen))
    return _closure(waiting, tree, vendors)


def _first(register: str, tree: TflmTree, vendors: Iterable[str]) -> str:
    for vendor in vendors:
        if register in tree.definitions[vendor]:
            return tree.definitions[vendor][register]
    return tree.definitions[""][register]


def _closure(files: list[str], tree: TflmTree, vendors: Sequence[str]) -> tuple[str, ...]:
    """`files` and the helpers they need, vendors' versions first. The kernels of other operators are no helpers."""
    of_operators = {file for folder in tree.definitions.values() for file in folder.values()}
    found: set[str] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        headers = includes(without_comments((tree.root / file).read_text(encoding="utf-8", errors="replace")))
        for stem in (_stem_of(file), *(header.removesuffix(".h") for header in headers)):
            if stem.startswith(_WITH_SOURCES):
                helpers = (_version(f"{stem}{suffix}.cc", tree, vendors) for suffix in ("", "_common"))
                waiting += [helper for helper in helpers if helper and helper not in of_operators]
    return tuple(sorted(found.difference(_CORE_FILES)))


def _stem_of(file: str) -> str:
    """The reference's name of a kernel without its suffix: `_common.cc` files are the same for all vendors."""
    path = PurePosixPath(file)
    folder = KERNELS if file.startswith(f"{KERNELS}/") else str(path.parent)
    return f"{folder}/{path.stem}"


def _version(file: str, tree: TflmTree, vendors: Sequence[str]) -> str | None:
    path = PurePosixPath(file)
    for vendor in vendors:
        own = f"{path.parent}/{vendor}/{path.name}"
        if tree.has(own):
            return own
    return file if tree.has(file) else None


def _common_include_dirs(sources: TflmSources) -> list[Path]:
    """In upstream's order."""
    libraries = sources.libraries
    folders = [libraries["gemmlowp"], libraries["flatbuffers"] / "include"]
    if "kissfft" in libraries:
        folders.append(libraries["kissfft"])
        if not (libraries["kissfft"] / "tools" / "kiss_fftr.h").is_file():
            folders.append(runtime_dir() / "platform" / "tflm" / "kissfft")
    return [*folders, libraries["ruy"]]


def _ethos_u_driver(tree: TflmTree) -> Path:
    folder = tree.root / DOWNLOADS / "ethos_u_core_driver" / "include"
    if not folder.is_dir():
        raise UserError(
            "the operator ethos-u needs Arm's Ethos-U core driver",
            details=(f"there is no {folder}",),
            hint="check it out there; the app initialises it and routes the NPU's interrupt",
        )
    return folder
