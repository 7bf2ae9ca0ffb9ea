"""Where TFLM and the libraries it needs are on this computer. Nothing here uses a network.

The tree: `tflm_dir=`, else TFLM_DIR, else the pinned commit in the cache. A library: the tree's own
`tools/make/downloads`, else a `third_party/` folder in the tree, else the pinned commit in the cache.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Kernels
from mcuforge.runtimes.tflm.fetch import COMMIT_FILE, cached, is_fetched
from mcuforge.runtimes.tflm.pins import Library, Pin, load_libraries
from mcuforge.runtimes.tflm.tree import MICRO, TflmTree, probe

DOWNLOADS = f"{MICRO}/tools/make/downloads"
_NEEDED = ("flatbuffers", "gemmlowp", "ruy")
_BY_KERNELS: Mapping[str, tuple[str, ...]] = {"cmsis-nn": ("cmsis-nn", "cmsis-core"), "esp-nn": ("esp-nn",)}
# Upstream's download scripts name their folders so.
_DOWNLOAD_NAMES = {"cmsis-nn": "cmsis_nn", "cmsis-core": "cmsis", "esp-nn": "esp_nn"}
_FLATBUFFERS_VERSION = re.compile(
    r"#\s*define\s+FLATBUFFERS_VERSION_MAJOR\s+(\d+).*?"
    r"#\s*define\s+FLATBUFFERS_VERSION_MINOR\s+(\d+).*?"
    r"#\s*define\s+FLATBUFFERS_VERSION_REVISION\s+(\d+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Origin:
    """For the lock and the report: `commit` is None where nobody knows it; `is_pinned`: it is the one we pin."""

    name: str
    commit: str | None
    is_pinned: bool
    found: str

    def to_word(self) -> str:
        """As an argument of a worker: nothing in it needs quoting."""
        return ":".join((self.name, self.commit or "", "pinned" if self.is_pinned else "", self.found))

    @classmethod
    def from_word(cls, word: str) -> Origin:
        name, commit, pinned, found = word.split(":")
        return cls(name, commit or None, bool(pinned), found)


@dataclass(frozen=True)
class TflmSources:
    """A tree, the folder of each library that is needed, and where all of them came from."""

    tree: TflmTree
    libraries: Mapping[str, Path]
    origins: tuple[Origin, ...]


def find_sources(given: str | None, kernels: Kernels, signal: bool = False) -> TflmSources:
    """`given` is `tflm_dir=`, None where nobody wrote it; `signal`: the model has signal operators.

    Raises UserError for sources that are missing or do not fit each other.
    """
    pins = load_libraries()
    tree, origin = _find_tree(given, pins["tflm"])
    needed = (*_NEEDED, *_BY_KERNELS.get(kernels, ()), *(("kissfft",) if signal else ()))
    found = {name: _find_library(tree, pins[name], tree.flatbuffers) for name in needed}
    _check_flatbuffers(tree, found["flatbuffers"][0])
    libraries = {name: folder for name, (folder, _) in found.items()}
    return TflmSources(tree, libraries, (origin, *(origin for _, origin in found.values())))


def _find_tree(given: str | None, library: Library) -> tuple[TflmTree, Origin]:
    pin = library.pin()
    for text, how in ((given, "tflm_dir"), (os.environ.get("TFLM_DIR"), "TFLM_DIR")):
        if text:
            tree = probe(Path(text).expanduser())
            return tree, Origin("tflm", tree.commit, tree.commit == pin.commit, how)
    if is_fetched(library, pin):
        return probe(cached(library, pin)), Origin("tflm", pin.commit, True, "cache")
    raise UserError(
        "the runtime tflm needs the sources of TensorFlow Lite Micro, and none are on this computer",
        hint="run `scons fetch` once (the only step that uses the network), "
        "or name a checkout: tflm_dir=<folder> or TFLM_DIR=<folder>",
    )


def _find_library(tree: TflmTree, library: Library, flatbuffers: str) -> tuple[Path, Origin]:
    for folder in _folders_in_tree(tree, library.name):
        if folder.is_dir():
            return folder, Origin(library.name, *_commit_of(folder, library), "tree")
    pin = library.pin(flatbuffers or None) if library.name == "flatbuffers" else library.pin()
    if is_fetched(library, pin):
        return cached(library, pin), Origin(library.name, pin.commit, True, "cache")
    raise _missing(tree, library, pin)


def _folders_in_tree(tree: TflmTree, name: str) -> Iterator[Path]:
    local = _DOWNLOAD_NAMES.get(name, name)
    yield tree.root / DOWNLOADS / local
    yield tree.root / "third_party" / local


def _commit_of(folder: Path, library: Library) -> tuple[str | None, bool]:
    """Upstream's scripts unpack archives, which do not know their commit."""
    mark = folder / COMMIT_FILE
    commit = mark.read_text(encoding="ascii").strip() if mark.is_file() else None
    return commit, commit in {pin.commit for pin in library.pins}


def _missing(tree: TflmTree, library: Library, pin: Pin) -> UserError:
    version = f" {pin.version}" if pin.version else ""
    return UserError(
        f"TensorFlow Lite Micro needs {library.name}{version}, which is not on this computer",
        location=Location(tree.root),
        hint=f"run `scons fetch` once, or put it into {DOWNLOADS}/{_DOWNLOAD_NAMES.get(library.name, library.name)}",
    )


def _check_flatbuffers(tree: TflmTree, folder: Path) -> None:
    """The schema's generated header refuses every other version, at length; say it once."""
    base = folder / "include" / "flatbuffers" / "base.h"
    match = _FLATBUFFERS_VERSION.search(base.read_text(encoding="utf-8", errors="replace")) if base.is_file() else None
    if match is None:
        raise UserError(f"`{folder}` holds no flatbuffers headers", hint="it needs include/flatbuffers/base.h")
    found = ".".join(match.groups())
    if tree.flatbuffers and found != tree.flatbuffers:
        raise UserError(
            f"flatbuffers {found} does not fit this TFLM tree, whose schema was generated by {tree.flatbuffers}",
            location=Location(base),
            hint=f"put flatbuffers {tree.flatbuffers} there, or remove the folder and run `scons fetch`",
        )
