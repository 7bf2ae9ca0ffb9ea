"""Vibration of a ball bearing, healthy or damaged, as an accelerometer on its housing sees it.

The model is the common one of repeated impacts (McFadden and Smith, Model for the vibration produced by a single point
defect in a rolling element bearing, 1984): each time a rolling element passes a defect, a short impact excites a
resonance of the housing, which rings and decays. Slip makes the spacing uneven by about 1 %; a defect on the inner
race goes through the loaded zone once a turn, which modulates its impacts. Below it all: harmonics of the shaft from
imbalance and misalignment, hum of the mains, and noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 12_000
SAMPLES = 4_096
BANDS = 128
FLOOR = 1e-4
STEPS = 128
"""To 1, of features: what an int8 input holds anyway, and files of them are small."""

BALLS = 9
BALL_TO_PITCH = 0.2
"""Ball diameter over pitch diameter, of a deep-groove bearing with a contact angle near 0."""

FAULTS = ("outer race", "inner race", "ball")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Machine:
    """One machine in one state of wear: what stays the same within a recording."""

    shaft_hz: float
    load: float
    resonance_hz: float
    damping: float
    noise: float


def draw_machine(random: np.random.Generator) -> Machine:
    return Machine(
        shaft_hz=random.uniform(24.0, 31.0),
        load=random.uniform(0.7, 1.3),
        resonance_hz=random.uniform(2_600.0, 3_400.0),
        damping=random.uniform(700.0, 1_100.0),
        noise=random.uniform(0.08, 0.14),
    )


def impact_rate(machine: Machine, fault: str) -> float:
    """Impacts a second: the ball-pass frequencies of the races, and twice the spin of a ball, which hits both."""
    ratio = BALL_TO_PITCH
    turns = {
        "outer race": BALLS / 2 * (1 - ratio),
        "inner race": BALLS / 2 * (1 + ratio),
        "ball": (1 - ratio**2) / ratio,
    }
    return machine.shaft_hz * turns[fault]


def vibration(random: np.random.Generator, machine: Machine, fault: str | None, severity: float) -> Floats:
    """SAMPLES of acceleration; `severity` scales the impacts of a fault."""
    time = np.arange(SAMPLES) / SAMPLE_RATE
    signal = machine.noise * random.standard_normal(SAMPLES)
    for order, amplitude in ((1, 0.5), (2, 0.25), (3, 0.1)):
        phase = random.uniform(0, 2 * np.pi)
        signal += machine.load * amplitude * np.sin(2 * np.pi * order * machine.shaft_hz * time + phase)
    signal += 0.05 * np.sin(2 * np.pi * 100.0 * time + random.uniform(0, 2 * np.pi))
    # The resonance always rings a little: gears, seals and the lubricant excite it.
    signal += 0.05 * _ringing(machine, random.standard_normal(SAMPLES))
    if fault is not None:
        signal += _ringing(machine, _impacts(random, machine, fault, severity))
    return signal


def _impacts(random: np.random.Generator, machine: Machine, fault: str, severity: float) -> Floats:
    rate = impact_rate(machine, fault)
    count = int(rate * SAMPLES / SAMPLE_RATE) + 2
    spacing = 1.0 + 0.01 * random.standard_normal(count)
    times = np.cumsum(spacing) / rate - random.uniform(0, 1) / rate
    strengths = severity * machine.load * random.uniform(0.8, 1.2, count)
    if fault == "inner race":
        strengths *= 0.5 + 0.5 * np.cos(2 * np.pi * machine.shaft_hz * times)
    places = np.rint(times * SAMPLE_RATE).astype(int)
    inside = (places >= 0) & (places < SAMPLES)
    impulses = np.zeros(SAMPLES)
    np.add.at(impulses, places[inside], strengths[inside])
    return impulses


def _ringing(machine: Machine, impulses: Floats) -> Floats:
    """The housing's answer: a decaying sine for each impulse."""
    time = np.arange(256) / SAMPLE_RATE
    answer = np.exp(-machine.damping * time) * np.sin(2 * np.pi * machine.resonance_hz * time)
    return np.convolve(impulses, answer)[:SAMPLES]


def spectrum(signal: Floats) -> npt.NDArray[np.float32]:
    """Log power in BANDS bands of equal width up to half the sample rate, about [-2, 1], in steps of 1/128."""
    window = np.hanning(512)
    starts = range(0, SAMPLES - 512 + 1, 256)
    power = np.mean([np.abs(np.fft.rfft(window * signal[at : at + 512])) ** 2 for at in starts], axis=0)
    bands = power[1:].reshape(BANDS, -1).mean(axis=1) / 512
    return (np.rint(np.log10(bands + FLOOR) / 2.0 * STEPS) / STEPS).astype(np.float32)
