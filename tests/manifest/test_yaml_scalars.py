"""Unquoted words: one meaning for all readers of YAML, or none."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.manifest.yaml_scalars import AmbiguousScalarError, resolve_plain


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("null", None),
        ("~", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("0x20000000", 0x20000000),
        ("0.5", 0.5),
        ("-.5", -0.5),
        ("1e-3", 0.001),
        ("2.", 2.0),
        ("kws", "kws"),
        ("96 KiB", "96 KiB"),
        ("nO", "nO"),
        ("2026-11-20", "2026-11-20"),
        ("1.2.3", "1.2.3"),
        ("1-2", "1-2"),
        ("a:b", "a:b"),
        ("cortex-m33", "cortex-m33"),
    ],
)
def test_word_means(word: str, value: object) -> None:
    resolved = resolve_plain(word)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    ("word", "write"),
    [
        ("no", "`false`"),
        ("NO", "`false`"),
        ("off", "`false`"),
        ("yes", "`true`"),
        ("On", "`true`"),
        ("010", "`10`"),
        ("-007", "`-7`"),
        ("0o17", "`17`"),
        ("00.5", "`0.5`"),
        ("00", "`0`"),
        ("1:30", "plain number"),
        ("-1:30:00.5", "plain number"),
        ("1_000", "`1000`"),
        ("0xFFFF_FFFF", "`0xFFFFFFFF`"),
        ("0b101", "hexadecimal"),
        (".inf", "write a number"),
        (".NaN", "write a number"),
        ("1e999", "smaller"),
        ("9" * 64, "quote"),
        ("0x" + "f" * 64, "quote"),
    ],
)
def test_trap_is_refused_with_what_to_write(word: str, write: str) -> None:
    with pytest.raises(AmbiguousScalarError) as caught:
        resolve_plain(word)
    assert write in caught.value.hint


WORDS = st.text(alphabet="0123456789abefnosxyNOSY._:+-~", max_size=9)


@given(WORDS)
def test_what_passes_means_the_same_to_yaml_1_1(word: str) -> None:
    """PyYAML reads YAML 1.1: where it sees a number, a truth value or nothing, we see the same or refuse."""
    try:
        ours = resolve_plain(word)
    except AmbiguousScalarError:
        return
    node = yaml.ScalarNode(yaml.SafeLoader("").resolve(yaml.ScalarNode, word, (True, False)), word)
    if node.tag.rpartition(":")[2] in ("int", "float", "bool", "null"):
        theirs = yaml.SafeLoader("").construct_object(node)
        assert ours == theirs
        assert not (isinstance(ours, float) and math.isnan(ours))
