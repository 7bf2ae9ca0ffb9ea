"""Which files a trained model is made of: names only, for plans, locks and digests that depend on them."""

from __future__ import annotations

from pathlib import Path

from mcuforge.manifest.types import EDGE_IMPULSE_FOLDERS


def source_files(source: Path, model_format: str) -> list[Path]:
    """Every file that is read, a directory's in order of their names; of an unpacked Edge Impulse export its own two
    folders, and not the SDK beside them.
    """
    if not source.is_dir():
        return [source]
    folders = [source / name for name in EDGE_IMPULSE_FOLDERS] if model_format == "edge_impulse" else [source]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
