""".keras: a zip archive of the architecture in JSON and the weights, as Keras 3 writes it, and Keras 2 from 2.12 on."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mcuforge.convert.keras_model import open_keras, refuse_code, tensorflow_model
from mcuforge.convert.loader import Loader, Say, TrainedModel, register
from mcuforge.convert.tensorflow_model import TENSORFLOW_PACKAGES
from mcuforge.errors import Location, UserError

_CONFIG = "config.json"
_MAX_CONFIG_BYTES = 64 << 20


@register
class KerasLoader(Loader):
    format = "keras"
    extra = "keras"
    packages = TENSORFLOW_PACKAGES
    dense_marks = (b'"Dense"',)

    def inspect(self, source: Path) -> None:
        refuse_code(source, _config(source))

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        model, loader = open_keras(source)
        return tensorflow_model(source, model, loader)


def _config(source: Path) -> str:
    try:
        with zipfile.ZipFile(source) as archive:
            if archive.getinfo(_CONFIG).file_size > _MAX_CONFIG_BYTES:
                raise UserError("its description of the model is larger than 64 MiB", location=Location(source))
            return archive.read(_CONFIG).decode()
    except (zipfile.BadZipFile, OSError, EOFError, UnicodeDecodeError, NotImplementedError) as error:
        raise UserError(
            f"not a .keras file: {error}", location=Location(source), hint="write it with model.save('model.keras')"
        ) from None
    except KeyError:
        raise UserError(
            f"not a .keras file: the archive has no {_CONFIG}",
            location=Location(source),
            hint="write it with model.save('model.keras')",
        ) from None
