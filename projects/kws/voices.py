"""Who speaks and what is said: the words, and the split of espeak-ng's voices into training, validation and test.

A voice is an accent and a variant (`en-us+f2`). espeak-ng's variants come in families: the same formants with another
pitch or echo (`robosoft2` is `m8`, `linda` is nearly `belinda`). A family lies on one side of the split as a whole, so
no voice that is tested has a near copy in training. Two accents are heard in the test only. Whispers, robots and
effects serve in training, for variety, and are not tested: nobody talks like that.
"""

from __future__ import annotations

from typing import Literal

Split = Literal["train", "validation", "test"]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LABELS = _names("silence unknown yes no up down left right on off stop go")
SILENCE, UNKNOWN = 0, 1

UNKNOWN_WORDS = _names("""
    bed bird cat dog happy house marvin sheila tree wow zero one two three four five six seven eight nine
    all and apple back ball bell big bread bus call coffee cold cup door eat end face fish foot friend game girl gold
    green hand head help here home hot how ice kitchen lamp light lift line long man milk money moon more name neck
    new note open out pen people place play please radio rain red ring road rose run school sea ship sit sky sleep
    small snow song star sun talk tea ten thank that time today turn under very wait walk wall warm week when
    white why wind wood work year you
""")
UNTRAINED_WORDS = _names("""
    backward blue chair finger follow forward garden learn morning music night orange paper sound table visual water
    window winter yellow
""")  # heard in the test only

# `en`, not `en-gb`: espeak-ng 1.51 ignores a variant behind an alias, and all such voices would be one.
TRAINED_ACCENTS = _names("en en-us en-029 en-gb-scotland en-gb-x-rp en-gb-x-gbcwmd")
UNTRAINED_ACCENTS = _names("en-us-nyc en-gb-x-gbclan")

VARIANTS: dict[Split, tuple[str, ...]] = {
    "train": _names("""
        m1 m3 m4 m7 m8 f1 f2 f3 f4 f5 Alicia Andy Diogo Henrique Hugo Jacky Lee Mario Michael Mike Storm anika aunty
        boris croak david gustave john klatt klatt2 klatt3 marcelo max michel miguel norbert pablo paul pedro quincy
        rob robert travis victor zac
        AnxiousAndy Demonic RicishayMax Tweaky UniRobot anikaRobot announcer kaukovalta robosoft2 robosoft6 robosoft8
        whisper whisperf
    """),
    "validation": _names("Marco antonio belinda ed grandma klatt5 linda m6"),
    "test": _names("""
        Alex Andrea Annie Denis Gene Nguyen adam edward grandpa iven klatt4 m2 m5 sandro shelby steph
    """),
}

ACCENTS: dict[Split, tuple[str, ...]] = {
    "train": TRAINED_ACCENTS,
    "validation": TRAINED_ACCENTS,
    "test": TRAINED_ACCENTS + UNTRAINED_ACCENTS,
}


def voices(split: Split) -> tuple[str, ...]:
    """Every voice of a split, as espeak-ng's `-v` takes it."""
    return tuple(f"{accent}+{variant}" for accent in ACCENTS[split] for variant in VARIANTS[split])
