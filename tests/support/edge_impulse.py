"""Edge Impulse C++ library exports in the layouts that Studio has written, around any .tflite model.

Content of our own in the real layout: `tflite-model/tflite_learn_<id>.h` (a C array; newer ones with the `.tflite` file
beside it) and `tflite-resolver.h`, `model-parameters/model_metadata.h` and `model_variables.h`, and an SDK.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

NAME = "tflite_learn_5"


def c_array(data: bytes, name: str = NAME) -> str:
    values = ", ".join(f"0x{value:02x}" for value in data)
    return f"const unsigned char {name}[] ALIGN(16) = {{ {values} }};\nconst unsigned int {name}_len = {len(data)};\n"


@dataclass(frozen=True)
class Export:
    """`scaling`: what older versions state of the input; newer ones leave it to the model (None).

    `included`: the headers that `model_variables.h` names as deployed. `more`: other files, by their names.
    """

    model: bytes
    labels: str = '"yes", "a \\"b\\", c"'
    scaling: tuple[str, int] | None = None
    datatype: str = "INT8"
    image_scaling: str = "NONE"
    included: tuple[str, ...] = (f"{NAME}.h",)
    has_tflite_file: bool = False
    more: dict[str, str | bytes] = field(default_factory=dict)

    def files(self) -> dict[str, str | bytes]:
        found: dict[str, str | bytes] = {
            "edge-impulse-sdk/classifier/big.h": "#error not read\n",
            f"tflite-model/{NAME}.h": f"#include <stdint.h>\n{c_array(self.model)}",
            "tflite-model/tflite-resolver.h": "#define EI_TFLITE_RESOLVER resolver;\n",
            "model-parameters/model_metadata.h": self._metadata(),
            "model-parameters/model_variables.h": self._variables(),
        }
        if self.has_tflite_file:
            found[f"tflite-model/{NAME}.tflite"] = self.model
        return {**found, **self.more}

    def write(self, path: Path, root: str = "") -> Path:
        """A .zip file, or else a folder."""
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in self.files().items():
                    archive.writestr(root + name, content)
            return path
        for name, content in self.files().items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def _metadata(self) -> str:
        lines = [
            "#define EI_CLASSIFIER_DATATYPE_INT8 9",
            "#define EI_CLASSIFIER_LABEL_COUNT 2",
            f"#define EI_CLASSIFIER_TFLITE_INPUT_DATATYPE      EI_CLASSIFIER_DATATYPE_{self.datatype}",
        ]
        if self.scaling is not None:
            lines += [
                f"#define EI_CLASSIFIER_TFLITE_INPUT_SCALE {self.scaling[0]}",
                f"#define EI_CLASSIFIER_TFLITE_INPUT_ZEROPOINT {self.scaling[1]}",
            ]
        return "\n".join(lines) + "\n"

    def _variables(self) -> str:
        lines = ['#include "model_metadata.h"']
        lines += [f'#include "tflite-model/{name}"' for name in self.included]
        lines += [
            f"const char* ei_classifier_inferencing_categories_7_1[] = {{ {self.labels} }};",
            "const ei_learning_block_t ei_learning_blocks_7_1[1] = {",
            f"    {{\n        5,\n        EI_CLASSIFIER_IMAGE_SCALING_{self.image_scaling},\n    }},",
            "};",
        ]
        return "\n".join(lines) + "\n"
