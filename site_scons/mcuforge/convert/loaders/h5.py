""".h5: the HDF5 files of Keras 2, and of Keras 3 where asked for. Keras 3 refuses many of the former."""

from __future__ import annotations

from pathlib import Path

from mcuforge.convert.keras_model import open_keras, refuse_code, tensorflow_model
from mcuforge.convert.loader import Loader, Say, TrainedModel, register
from mcuforge.convert.tensorflow_model import TENSORFLOW_PACKAGES
from mcuforge.errors import Location, UserError

_SIGNATURE = b"\x89HDF\r\n\x1a\n"


@register
class H5Loader(Loader):
    format = "h5"
    extra = "keras"
    packages = TENSORFLOW_PACKAGES
    dense_marks = (b'"Dense"',)

    def inspect(self, source: Path) -> None:
        with source.open("rb") as stream:
            if stream.read(len(_SIGNATURE)) != _SIGNATURE:
                raise UserError("not an HDF5 file", location=Location(source), hint="write it with model.save(…)")

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        refuse_code(source, _config(source))
        model, loader = open_keras(source)
        return tensorflow_model(source, model, loader)


def _config(source: Path) -> str:
    import h5py

    try:
        with h5py.File(source, "r") as file:
            config = file.attrs.get("model_config")
    except (OSError, RuntimeError, KeyError) as error:
        raise UserError(f"the HDF5 file is damaged: {error}", location=Location(source)) from None
    if config is None:
        raise UserError(
            "the HDF5 file holds no Keras model",
            location=Location(source),
            hint="files of model.save_weights(…) have no architecture: save with model.save(…)",
        )
    return config.decode() if isinstance(config, bytes) else str(config)
