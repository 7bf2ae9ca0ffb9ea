"""One second of speech → the 49×10 int8 features the network sees: the definition of the front end, in numpy only.

    samples     16,000 × int16 at 16 kHz, scaled by 2⁻¹⁵ to [-1, 1)
    frames      49 of 480 samples (30 ms), frame t from sample 320·t (every 20 ms); the last 160 samples are not used
    window      periodic Hann, 0.5 − 0.5·cos(2πn/480); no pre-emphasis
    spectrum    |FFT|² of the frame, zero-padded to 512 samples: bins 0 … 256, 31.25 Hz apart, not scaled
    mel         40 triangles of height 1, straight on the mel scale 1127·ln(1 + f/700), their 42 corners evenly spaced
                on it from 20 to 7600 Hz
    log         ln(energy + 2⁻²⁰); the floor makes digital silence a constant and hides noise at a sample's last bit
    DCT         type II, orthonormal, coefficients 0 … 9
    scale       (coefficient − CENTER) / SPREAD, rounded (half to even) to steps of 1/32, saturated to [-4, 4 − 1/32]

The last step is the input quantization of the network (scale 1/32, zero point 0) and does not depend on what was
trained: code in C that follows this page delivers the int8 values directly. Every table is a constant rounded to
float32; each FFT bin falls into at most two triangles; DCT, CENTER and SPREAD fold into one 40×10 matrix and one
vector of 10. Arithmetic here is float64, so that one FFT or BLAS library and another practically never round
differently in the last step; a float32 twin may differ by one step where a value lies within float32's error of a
rounding edge.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
SAMPLES = SAMPLE_RATE
FRAME_LENGTH = 480
FRAME_STEP = 320
FRAMES = 49
FFT_LENGTH = 512
MEL_BANDS = 40
MEL_LOWEST_HZ = 20.0
MEL_HIGHEST_HZ = 7600.0
LOG_FLOOR = 2.0**-20
COEFFICIENTS = 10
STEPS_PER_UNIT = 32

# Mean and standard deviation of each coefficient over training examples, rounded; fixed, as part of the definition.
CENTER = np.array([-26.0, 4.0, 0.6, 1.0, -1.2, -0.7, -0.3, -0.6, -0.2, -0.3], np.float32)
SPREAD = np.array([26.0, 8.0, 3.6, 3.6, 3.2, 2.7, 2.6, 2.2, 2.0, 1.8], np.float32)

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
Int16Array = npt.NDArray[np.int16]
Int8Array = npt.NDArray[np.int8]


def mel(hertz: npt.ArrayLike) -> Float64Array:
    """The mel scale in the form of HTK: 1127·ln(1 + f/700)."""
    return 1127.0 * np.log1p(np.asarray(hertz, np.float64) / 700.0)


def hann_window() -> Float32Array:
    """[480], periodic: the sample after the last would be zero again."""
    phase = 2.0 * np.pi * np.arange(FRAME_LENGTH) / FRAME_LENGTH
    return (0.5 - 0.5 * np.cos(phase)).astype(np.float32)


def mel_weights() -> Float32Array:
    """[257, 40]: how much of each FFT bin's power goes into each band."""
    bins = mel(np.arange(FFT_LENGTH // 2 + 1) * SAMPLE_RATE / FFT_LENGTH)[:, np.newaxis]
    corners = np.linspace(mel(MEL_LOWEST_HZ), mel(MEL_HIGHEST_HZ), MEL_BANDS + 2)
    lower, centre, upper = corners[:-2], corners[1:-1], corners[2:]
    rising = (bins - lower) / (centre - lower)
    falling = (upper - bins) / (upper - centre)
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


def dct_matrix() -> Float32Array:
    """[40, 10]: the first ten columns of the orthonormal DCT-II."""
    band = np.arange(MEL_BANDS)[:, np.newaxis] + 0.5
    order = np.arange(COEFFICIENTS)[np.newaxis, :]
    matrix: Float64Array = np.cos(np.pi / MEL_BANDS * band * order) * np.sqrt(2.0 / MEL_BANDS)
    matrix[:, 0] /= np.sqrt(2.0)
    return matrix.astype(np.float32)


_WINDOW = hann_window().astype(np.float64)
_MEL = mel_weights().astype(np.float64)
_DCT = dct_matrix().astype(np.float64)
_FRAME_INDEX = np.arange(FRAMES)[:, np.newaxis] * FRAME_STEP + np.arange(FRAME_LENGTH)


def mfcc(samples: Int16Array) -> Float64Array:
    """The unscaled coefficients, [49, 10], of one second of audio, int16 [16000]."""
    if samples.shape != (SAMPLES,) or samples.dtype != np.int16:
        raise ValueError(f"expected int16 [{SAMPLES}], got {samples.dtype} {list(samples.shape)}")
    frames = samples[_FRAME_INDEX] / 32768.0 * _WINDOW
    power = np.abs(np.fft.rfft(frames, FFT_LENGTH)) ** 2
    return np.log(power @ _MEL + LOG_FLOOR) @ _DCT


def quantized(samples: Int16Array) -> Int8Array:
    """What the network is given: int8 [49, 10, 1]."""
    scaled = (mfcc(samples) - CENTER) / SPREAD * STEPS_PER_UNIT
    return np.clip(np.rint(scaled), -128, 127).astype(np.int8)[..., np.newaxis]


def as_float(features: Int8Array) -> Float32Array:
    """The same features as the float model sees them: exact, for the steps are powers of two."""
    return features.astype(np.float32) * np.float32(1.0 / STEPS_PER_UNIT)
