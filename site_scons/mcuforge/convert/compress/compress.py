"""The manifest's `compress:` block, in its order: channels, prune, quantization-aware training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mcuforge.convert.compress.channels import functional, remove_channels
from mcuforge.convert.compress.data import Array, training_data
from mcuforge.convert.compress.keras_2 import as_keras_2
from mcuforge.convert.job import Job
from mcuforge.convert.keras_model import open_keras, tensorflow_model
from mcuforge.convert.loader import Say, TrainedModel
from mcuforge.errors import Location, UserError

SEED = 1


def compress(job: Job, say: Say) -> tuple[TrainedModel, Mapping[str, Any]]:
    """The compressed model, and what was reached: parameters, sparsity. Raises UserError."""
    assert job.compress is not None
    _fix_randomness()
    opened, loader = open_keras(job.source)
    model = functional(as_keras_2(job.source, opened))
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise UserError("compression takes models with one input and one output", location=Location(job.source))
    x, y = training_data(Path(job.compress["data"]), tuple(model.inputs[0].shape[1:]))
    trainer = _Trainer(job, x, y)
    facts: dict[str, Any] = {"parameters_before": int(model.count_params())}
    channels, prune, aware = (job.compress[key] for key in ("channels", "prune", "quantization_aware_training"))
    if channels:
        say(f"removing {channels['remove']:.0%} of the channels")
        model = remove_channels(job.source, model, channels["remove"])
        trainer.fit(model, channels["epochs"])
    if prune:
        say(f"pruning to a sparsity of {prune['sparsity']:.0%}")
        model = trainer.prune(model, prune["sparsity"], prune["epochs"])
    facts |= {"parameters": int(model.count_params()), "sparsity": round(_sparsity(model), 4)}
    if aware:
        say("training with int8's rounding")
        model = trainer.train_quantized(model, aware["epochs"], keeps_zeros=bool(prune))
    return tensorflow_model(job.source, model, loader), facts


def _fix_randomness() -> None:
    import tensorflow as tf
    import tf_keras

    tf_keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()


class _Trainer:
    """Trains on the user's data; what is minimised follows from the labels."""

    def __init__(self, job: Job, x: Array, y: Array) -> None:
        settings = job.compress or {}
        self._source = job.source
        self._x, self._y = x, y
        self._batch = int(settings["batch"])
        self._rate = float(settings["learning_rate"])

    def fit(self, model: Any, epochs: int, callbacks: tuple[Any, ...] = ()) -> None:
        import tf_keras

        model.compile(optimizer=tf_keras.optimizers.Adam(self._rate), loss=self._loss(model))
        model.fit(self._x, self._y, batch_size=self._batch, epochs=epochs, verbose=2, callbacks=list(callbacks))

    def prune(self, model: Any, sparsity: float, epochs: int) -> Any:
        from tensorflow_model_optimization.sparsity import keras as pruning

        steps = epochs * -(-len(self._x) // self._batch)
        # The last third trains at the final sparsity.
        schedule = pruning.PolynomialDecay(0.0, sparsity, begin_step=0, end_step=max(1, steps * 2 // 3), frequency=1)
        wrapped = pruning.prune_low_magnitude(model, pruning_schedule=schedule)
        self.fit(wrapped, epochs, (pruning.UpdatePruningStep(),))
        return pruning.strip_pruning(wrapped)

    def train_quantized(self, model: Any, epochs: int, *, keeps_zeros: bool) -> Any:
        from tensorflow_model_optimization.experimental import combine
        from tensorflow_model_optimization.quantization import keras as quantization

        try:
            annotated = quantization.quantize_annotate_model(model)
            scheme = (combine.Default8BitPrunePreserveQuantizeScheme(),) if keeps_zeros else ()
            wrapped = quantization.quantize_apply(annotated, *scheme)
        except (RuntimeError, ValueError) as error:
            raise UserError(
                f"quantization-aware training does not know a layer of this model: {error}",
                location=Location(self._source),
                hint="leave `quantization_aware_training` out",
            ) from error
        self.fit(wrapped, epochs)
        return wrapped

    def _loss(self, model: Any) -> str:
        outputs = int(np.prod(model.output_shape[1:]))
        if self._y.shape == (len(self._y), *model.output_shape[1:]) and self._y.dtype.kind == "f":
            return "mse" if not self._is_one_hot(outputs) else "categorical_crossentropy"
        if self._y.ndim == 1 and np.equal(self._y, np.floor(self._y)).all():
            limit = max(outputs, 2)
            if self._y.min() < 0 or self._y.max() >= limit:
                raise UserError(
                    f"dataset() returns labels from {self._y.min():g} to {self._y.max():g}; "
                    f"the model has classes 0 to {limit - 1}",
                    location=Location(self._source),
                )
            return "sparse_categorical_crossentropy" if outputs > 1 else "binary_crossentropy"
        raise UserError(
            f"dataset() returns y of shape {list(self._y.shape)}; the model gives {['n', *model.output_shape[1:]]}",
            location=Location(self._source),
        )

    def _is_one_hot(self, outputs: int) -> bool:
        rows = self._y.reshape(len(self._y), -1)
        return outputs > 1 and bool(np.isin(rows, (0, 1)).all()) and bool((rows.sum(axis=1) == 1).all())


def _sparsity(model: Any) -> float:
    """The share of zeros in kernels."""
    kernels = [weight.numpy() for weight in model.trainable_weights if len(weight.shape) > 1]
    zeros = sum(int(np.sum(kernel == 0)) for kernel in kernels)
    return zeros / sum(int(kernel.size) for kernel in kernels)
