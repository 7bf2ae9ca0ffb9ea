"""Words spoken by espeak-ng, as 16 kHz audio; every recording is kept in a cache folder and made once.

espeak-ng is deterministic: one version, given the same word, voice, speed and pitch, always writes the same samples.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import shutil
import subprocess
import wave
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from features import SAMPLE_RATE

Float64Array = npt.NDArray[np.float64]
Complex128Array = npt.NDArray[np.complex128]

TRIM_THRESHOLD = 0.01  # of the peak: below it a word has not begun, or is over
TRIM_MARGIN = SAMPLE_RATE // 100


@dataclass(frozen=True)
class Utterance:
    """`voice` is espeak-ng's `-v`, `speed` its `-s` in words per minute, `pitch` its `-p` from 0 to 99."""

    word: str
    voice: str
    speed: int
    pitch: int

    @property
    def command(self) -> list[str]:
        return ["espeak-ng", "-v", self.voice, "-s", str(self.speed), "-p", str(self.pitch), "--stdout", self.word]

    @property
    def file_name(self) -> str:
        return hashlib.sha256(" ".join(self.command).encode()).hexdigest()[:24] + ".wav"


def version() -> str:
    """The first line of `espeak-ng --version`, without where its data lies. Raises SystemExit when it is missing."""
    if shutil.which("espeak-ng") is None:
        raise SystemExit("espeak-ng is not installed; on Debian: apt-get install espeak-ng")
    output = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    return output.partition("  ")[0].strip()


@lru_cache(maxsize=4096)
def speak(utterance: Utterance, cache: Path) -> Float64Array:
    """The word from its first to its last audible sample, 16 kHz, at whatever level the voice has; [-1, 1)."""
    path = cache / utterance.file_name
    if not path.exists():
        output = subprocess.run(utterance.command, capture_output=True, check=True).stdout
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        partial.write_bytes(output)
        partial.replace(path)
    samples, rate = read_wav(path.read_bytes())
    return trimmed(resampled(samples, rate))


def read_wav(content: bytes) -> tuple[Float64Array, int]:
    """Samples in [-1, 1) and their rate. To a pipe espeak-ng writes a header that knows no length: read to the end."""
    with wave.open(io.BytesIO(content)) as file:
        samples = np.frombuffer(file.readframes(len(content)), np.int16)
        return samples / 32768.0, file.getframerate()


def resampled(samples: Float64Array, rate: int) -> Float64Array:
    """The signal at 16 kHz. Both ends must be silent, for a spectrum is periodic."""
    tick = rate // math.gcd(rate, SAMPLE_RATE)  # this many samples last a whole number of output samples
    padded = np.pad(samples, (0, -samples.size % tick))
    return _from_spectrum(np.fft.rfft(padded), padded.size, padded.size * SAMPLE_RATE // rate)


def coloured(samples: Float64Array, stretch: float, tone_db: tuple[float, ...]) -> Float64Array:
    """The word as from another throat and another microphone: played `stretch` times slower, which lengthens it and
    lowers pitch and formants, through a filter with the gains `tone_db`, evenly spaced from 0 to 8 kHz."""
    spectrum = np.fft.rfft(samples)
    places = np.linspace(0.0, len(tone_db) - 1.0, spectrum.size)
    gains = 10.0 ** (np.interp(places, np.arange(len(tone_db)), tone_db) / 20.0)
    return _from_spectrum(spectrum * gains, samples.size, round(samples.size * stretch))


def _from_spectrum(spectrum: Complex128Array, size: int, new_size: int) -> Float64Array:
    """The signal whose spectrum over `size` samples this is, in `new_size` samples; higher frequencies are cut."""
    return np.fft.irfft(spectrum[: new_size // 2 + 1], new_size) * (new_size / size)


def trimmed(samples: Float64Array) -> Float64Array:
    """Without what is quieter than TRIM_THRESHOLD before and after the word, but for TRIM_MARGIN samples."""
    audible = np.flatnonzero(np.abs(samples) > TRIM_THRESHOLD * np.abs(samples).max())
    return samples[max(0, audible[0] - TRIM_MARGIN) : audible[-1] + 1 + TRIM_MARGIN]
