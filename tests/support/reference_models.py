"""The five MLPerf Tiny reference models, which lie beside the repository and are not part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "models" / "mlperf-tiny"
_NAMES = ("ad01_int8", "kws_ref_model", "resnet8_int8", "str_ww_ref_model", "vww_96_int8")


def reference_model_paths() -> list[Path]:
    """Where the models would lie; they may be absent."""
    return [_FOLDER / f"{name}.tflite" for name in _NAMES]


def reference_model_params() -> list[object]:
    """One pytest parameter (a path) for each model; skipped, with the reason, where the model is absent."""
    return [
        pytest.param(
            path,
            id=path.stem,
            marks=pytest.mark.skipif(not path.is_file(), reason=f"{path.name} is not in ../shared/models/mlperf-tiny"),
        )
        for path in reference_model_paths()
    ]
