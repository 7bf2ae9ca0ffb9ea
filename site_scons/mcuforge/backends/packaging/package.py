"""Generated folder → Package: a model's own sources, self-contained, with their licences: what exports lay out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mcuforge import __version__
from mcuforge.backends.packaging.flatten import Flattener, included, replace_includes, single_spaced
from mcuforge.errors import InternalError
from mcuforge.manifest.types import Board, Kernels, Runtime, Target
from mcuforge.model.graph import Graph
from mcuforge.resources import license_file, runtime_dir
from mcuforge.runtimes.aot.files import model_file_names
from mcuforge.runtimes.shared.ports import Port, ports_of

CODE_LICENSE, MODEL_LICENSE = "Apache-2.0", "LicenseRef-Model"
_MODEL_TERMS = """\
The arrays in the files that carry this identifier are the constants of a trained model, converted from the model file
that those files name. Their terms are the model's, set by whoever owns it. mcuforge, which wrote the files, claims no
right in them. Replace this text by those terms before you pass the model on.
"""
# Joining a multiplication and an addition into one rounding changes what floats come out, and so does -ffast-math.
_ARITHMETIC = """\
#if defined(__FAST_MATH__)
#error "this code computes what TensorFlow Lite Micro computes only without -ffast-math"
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif
"""


@dataclass(frozen=True)
class TflmPart:
    """TensorFlow Lite Micro as an ecosystem carries it: `title` for people, `kernels` that it is compiled with.

    `packages`: the exact version of each package that an export depends on, by the ecosystem's own names.
    `has_static_memory`: whether it is compiled with TF_LITE_STATIC_MEMORY, which leaves fields of tensors out.
    """

    title: str
    kernels: Kernels
    packages: Mapping[str, str]
    has_static_memory: bool = True


@dataclass(frozen=True)
class Package:
    """A model as C (and, with TFLM, C++) that compiles without mcuforge. All texts by file name, without folders.

    `public` is the header that users include; `private` are headers and `sources` what is compiled. `tflm` is what the
    runtime of that name comes from, None for `aot`; `arena_method` then says how `arena_bytes` was found.
    """

    name: str
    version: str
    board: Board
    runtime: Runtime
    ports: tuple[Port, ...]
    model_sha256: str
    arena_bytes: int
    public: Mapping[str, str]
    private: Mapping[str, str]
    sources: Mapping[str, str]
    tflm: TflmPart | None = None
    arena_method: str = ""

    @property
    def slug(self) -> str:
        """What the export calls itself: no other library has this name."""
        return f"mcuforge_{self.name}"

    @property
    def summary(self) -> str:
        return f"The neural network {self.name}, as C"

    @property
    def claim(self) -> str:
        """What follows the summary in a list of libraries."""
        if self.tflm is None:
            return "bit-exact to TensorFlow Lite Micro, without it"
        return "run by TensorFlow Lite Micro behind a C API"

    @property
    def header(self) -> str:
        return f"{self.name}.h"

    @property
    def source_names(self) -> tuple[str, ...]:
        return tuple(sorted(self.sources))

    @property
    def inputs(self) -> tuple[Port, ...]:
        return tuple(port for port in self.ports if port.role == "input")

    @property
    def outputs(self) -> tuple[Port, ...]:
        return tuple(port for port in self.ports if port.role == "output")

    def laid_out(self, headers: str, sources: str) -> dict[str, str]:
        """{path: text} of all code, public headers in one folder, everything else in another; and the licences."""
        files = {_join(headers, name): text for name, text in self.public.items()}
        files |= {_join(sources, name): text for name, text in {**self.private, **self.sources}.items()}
        return files | self.licenses()

    def licenses(self) -> dict[str, str]:
        return {
            f"LICENSES/{CODE_LICENSE}.txt": license_file().read_text(encoding="utf-8"),
            f"LICENSES/{MODEL_LICENSE}.txt": _MODEL_TERMS,
        }


def make_package(target: Target, generated: Path, graph: Graph, arena_bytes: int) -> Package:
    """`generated` holds the files that the runtime `aot` generated for `target` from `graph`.

    Raises InternalError when one is missing.
    """
    name = target.project.name
    texts = {file: _read(generated / file) for file in model_file_names(name)}
    return package_of(target, _with_kernels_in_place(name, texts), graph, arena_bytes)


def package_of(target: Target, texts: Mapping[str, str], graph: Graph, arena_bytes: int) -> Package:
    """`texts` are the model's sources and headers by file name; each gets its licence."""
    name = target.project.name
    marked = {file: f"{_license_line(name, file)}\n{text}" for file, text in texts.items()}
    return Package(
        name=name,
        version=__version__,
        board=target.board,
        runtime=target.runtime,
        ports=ports_of(name, graph.main, lambda tensor, role: ""),
        model_sha256=graph.sha256,
        arena_bytes=arena_bytes,
        public={f"{name}.h": marked.pop(f"{name}.h")},
        private=_having(marked, (".h",)),
        sources=_having(marked, (".c", ".cc")),
    )


def amalgamate(package: Package) -> str:
    """All sources as one C file, which includes the public header and no other."""
    units = {name: _without_license(text) for name, text in {**package.private, **package.sources}.items()}
    banner = units[f"{package.name}.c"].partition("\n")[0]
    seen = {package.header}
    body = "".join(_unit(name, units, seen) for name in _in_order(package)).replace(f"{banner}\n", "")
    license_line = f"/* SPDX-License-Identifier: {CODE_LICENSE} AND {MODEL_LICENSE} */"
    return single_spaced(f'{license_line}\n{banner}\n#include "{package.header}"\n\n{body}')


def _in_order(package: Package) -> list[str]:
    """Kernels last: macros that they define reach nothing else."""
    return sorted(package.sources, key=lambda name: (name == f"{package.name}_kernels.c", name))


def _unit(name: str, units: Mapping[str, str], seen: set[str]) -> str:
    """One file with the private headers that were not seen before in place."""
    lines = []
    for line in units[name].splitlines():
        (wanted,) = included(line) or ("",)
        if not wanted or wanted not in (*units, *seen):
            lines.append(line)
        elif wanted not in seen:
            seen.add(wanted)
            lines += _unit(wanted, units, seen).splitlines()
    return "\n".join(lines) + "\n\n"


def _with_kernels_in_place(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    """The generated files with what they include of the runtime in two files more, `<name>_kernels.h` and `.c`."""
    header, layers, kernels = f"{name}_kernels.h", f"{name}_layers.c", f"{name}_kernels.c"
    banner = texts[kernels].splitlines()[0]
    used = [file for file in included(texts[layers]) if _find_header(file)]
    flattener = Flattener(_find_runtime)
    sources = "".join(f'#include "{file}"\n' for file in included(texts[kernels]))
    headers = flattener.flatten("".join(f'#include "{file}"\n' for file in _headers_of([*used], sources)))
    guard = header.upper().replace(".", "_")
    prefix = f"#define MCUF_PREFIX {name}"
    parts = (banner, f"#ifndef {guard}\n#define {guard}\n", _ARITHMETIC, f"{prefix}\n", headers, "#endif\n")
    without_prefix = {file: text.replace(f"{prefix}\n\n", "", 1) for file, text in texts.items()}
    return {
        **texts,
        header: single_spaced("\n".join(parts)),
        layers: replace_includes(without_prefix[layers], used, header) if used else without_prefix[layers],
        kernels: single_spaced(f'{banner}\n#include "{header}"\n\n{flattener.flatten(sources)}'),
    }


def _headers_of(headers: list[str], sources: str) -> list[str]:
    """`headers` and those that the sources include, in order."""
    for source in included(sources):
        path = _find_runtime(source)
        if path is None:
            raise InternalError(f"there is no kernel {source}")
        headers += [file for file in included(path.read_text(encoding="utf-8")) if _find_header(file)]
    return list(dict.fromkeys(headers))


def _find_header(name: str) -> Path | None:
    return _first_file((runtime_dir() / "include" / name,))


def _find_runtime(name: str) -> Path | None:
    return _first_file((runtime_dir() / "include" / name, runtime_dir() / name))


def _first_file(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if path.is_file()), None)


def _license_line(name: str, file: str) -> str:
    is_model = file in (f"{name}_weights.c", f"{name}_model.c")
    return f"/* SPDX-License-Identifier: {MODEL_LICENSE if is_model else CODE_LICENSE} */"


def _without_license(text: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if "SPDX-License-Identifier" in first else text


def _having(files: Mapping[str, str], suffixes: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name, text in files.items() if PurePosixPath(name).suffix in suffixes}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InternalError(f"the generator did not write {path.name}") from error


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
