"""Where mcuforge's own data lies: beside a checkout's `site_scons/`, or inside the installed wheel."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mcuforge.errors import Location, UserError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def data_root() -> Path:
    """The folder that holds `boards/` and `runtime/`."""
    return _CHECKOUT if (_CHECKOUT / "runtime" / "include").is_dir() else _PACKAGE / "data"


def boards_dir() -> Path:
    return data_root() / "boards"


def runtime_dir() -> Path:
    return data_root() / "runtime"


def third_party_dir() -> Path:
    return data_root() / "third_party"


def front_door() -> Path:
    """The SConstruct, the same for every folder of projects."""
    return data_root() / "SConstruct"


def license_file() -> Path:
    """The licence of mcuforge's own code, for whatever is made of it."""
    return data_root() / "LICENSE"


def schema_dir() -> Path:
    return _PACKAGE / "schema"


def make_folder(path: Path) -> None:
    """With its parents, if it is not there. Raises UserError where there can be none."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder: {error.strerror}", location=Location(path)) from None


def write_atomic(path: Path, content: str | bytes) -> None:
    """Writes through a temporary file and a rename: a reader, or a killed build, never sees half a file.

    Raises UserError where nothing can be written: no space, no permission.
    """
    make_folder(path.parent)
    data = content.encode() if isinstance(content, str) else content
    try:
        _write(path, data)
    except OSError as error:
        raise UserError(f"cannot write it: {error.strerror}", location=Location(path)) from None


def _write(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
