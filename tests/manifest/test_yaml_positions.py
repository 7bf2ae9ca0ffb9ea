"""The YAML gate: what comes through has a place, what does not is one UserError."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.errors import UserError
from mcuforge.manifest.types import Positions
from mcuforge.manifest.yaml_positions import MAX_BYTES, MAX_DEPTH, parse_yaml, read_yaml

FILE = Path("project.yaml")


def parse(text: str | bytes) -> tuple[dict[str, Any], Positions]:
    return parse_yaml(text if isinstance(text, bytes) else text.encode(), FILE)


def refusal(text: str | bytes) -> UserError:
    with pytest.raises(UserError) as caught:
        parse(text)
    return caught.value


def test_values_and_keys_have_places_counted_from_one() -> None:
    data, positions = parse("name: kws\nbudgets:\n  flash: 96 KiB\nboards: [a, b]\n")
    assert data == {"name": "kws", "budgets": {"flash": "96 KiB"}, "boards": ["a", "b"]}
    assert str(positions.at("budgets", "flash")) == "project.yaml:3:10"
    assert str(positions.at_key("budgets", "flash")) == "project.yaml:3:3"
    assert str(positions.at("boards", 1)) == "project.yaml:4:13"
    assert str(positions.at_key("boards", 1)) == "project.yaml:4:13"


def test_place_of_an_absent_value_is_its_parent() -> None:
    _, positions = parse("name: kws\nbudgets:\n  flash: 1\n")
    assert positions.at("budgets", "sram") == positions.at("budgets")


def test_columns_count_characters_not_bytes() -> None:
    _, positions = parse("{größe: 1, b: 2}")
    assert str(positions.at("b")) == "project.yaml:1:15"


def test_windows_files_read_like_any_other() -> None:
    data, positions = parse(b"\xef\xbb\xbfname: kws\r\nmodel:\r\n  source: m\r\n")
    assert data == {"name": "kws", "model": {"source": "m"}}
    assert str(positions.at("model", "source")) == "project.yaml:3:11"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_empty_file_says_how_to_begin(text: str) -> None:
    error = refusal(text)
    assert "empty" in error.message or "nothing" in error.message
    assert error.hint == "begin with `schema: 1`"


@pytest.mark.parametrize("text", ["kws", "- a\n- b\n", "5"])
def test_top_level_must_be_a_mapping(text: str) -> None:
    assert refusal(text).message.startswith("expected `key: value` lines")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1"),
        ("a: {b: 1, c: 2, b: 3}\n", "1:17"),
        ('a: 1\n"a": 2\n', "2:1"),
    ],
)
def test_duplicate_key_is_refused_at_the_second(text: str, place: str) -> None:
    error = refusal(text)
    assert "is given twice" in error.message
    assert str(error.location) == f"project.yaml:{place}"


@pytest.mark.parametrize("text", ["a: &x 1\n", "a: &x [1]\nb: *x\n", "a: {<<: {b: 1}}\n", "&x a: 1\n", "a: *x\n"])
def test_nothing_is_shared_or_merged(text: str) -> None:
    assert refusal(text).location is not None


@pytest.mark.parametrize("tag", ["!!str", "!!python/object/apply:os.system", "!mine", "!", "!<tag:yaml.org,2002:str>"])
def test_tags_are_refused(tag: str) -> None:
    error = refusal(f"a: {tag} x\n")
    assert error.message.startswith("tags")
    assert str(error.location) == "project.yaml:1:4"


@pytest.mark.parametrize("key", ["[a]", "{a: b}", "1", "true", "null", "''", "no", "1.5", "<<", "[]", '"a\\n"'])
def test_keys_are_words(key: str) -> None:
    assert str(refusal(f"? {key}\n: value\n").location) == "project.yaml:1:3"


def test_two_documents_are_refused() -> None:
    assert str(refusal("a: 1\n---\nb: 2\n").location) == "project.yaml:2:1"


def test_depth_is_bounded() -> None:
    assert parse("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert f"deeper than {MAX_DEPTH}" in refusal("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH).message
    assert f"deeper than {MAX_DEPTH}" in refusal("a: " + "[" * 50_000).message


def test_size_is_bounded() -> None:
    assert "larger than 64 KiB" in refusal("#" * (MAX_BYTES + 1)).message


@pytest.mark.parametrize("escape", [r"\0", r"\e", r"\x7F", r"\uD800", r"\UFFFFFFFF"])
def test_escapes_cannot_write_what_no_text_should_hold(escape: str) -> None:
    error = refusal(f'a: 1\nb: "{escape}"\n')
    assert error.location is not None
    assert error.location.line == 2


def test_byte_that_is_not_utf8_has_its_place() -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        error = refusal(mark + "größe: 1\nnamé: d".encode() + b"\xe9mo\n")
        assert str(error.location) == "project.yaml:2:8" and "byte 0xe9" in error.message


def test_control_character_has_its_place() -> None:
    error = refusal("a: 1\nb: x\x07\n")
    assert str(error.location) == "project.yaml:2:5"
    assert "U+0007" in error.message


@pytest.mark.parametrize("name", ["nowhere.yaml", ".", "x" * 5000])
def test_unreadable_file_is_a_user_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read the file"):
        read_yaml(tmp_path / name)


def is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(is_plain(item) for item in value)
    return value is None or type(value) in (str, int, float, bool)


def passes_or_is_refused(content: bytes) -> None:
    try:
        data, positions = parse(content)
    except UserError as error:
        assert str(error).startswith("project.yaml")
        return
    assert is_plain(data)
    assert all(place.line and place.column for place in (*positions.places.values(), *positions.keys.values()))


@given(st.binary(max_size=400))
def test_any_bytes_give_a_value_or_a_user_error(content: bytes) -> None:
    passes_or_is_refused(content)


@given(st.text(max_size=200))
def test_any_text_gives_a_value_or_a_user_error(text: str) -> None:
    passes_or_is_refused(text.encode("utf-8", "surrogatepass"))


FRAGMENTS = (
    *(
        "a",
        "b",
        "no",
        "0x1F",
        "010",
        "1e9",
        "1:30",
        "~",
        "''",
        '"',
        "\\x41",
        "\\U0010FFFF",
        "&a ",
        "*a",
        "!!str ",
        "<<",
    ),
    *(
        ": ",
        "- ",
        "? ",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "|\n",
        ">-\n",
        "#",
        "%YAML 1.1\n",
        "---",
        "...",
        "\n",
        "\n  ",
        " ",
        "\ufeff",
    ),
)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_anything_that_looks_like_yaml_gives_a_value_or_a_user_error(text: str) -> None:
    passes_or_is_refused(text.encode())


@pytest.mark.parametrize("line", ["- [[a, b], {c: d}]\n", "[", "- - - - - - - -\n", "a: {", '"', "? "])
def test_largest_file_takes_bounded_time(line: str) -> None:
    started = time.process_time()
    passes_or_is_refused(b"a:\n" + line.encode() * ((MAX_BYTES - 3) // len(line)))
    assert time.process_time() - started < 20
