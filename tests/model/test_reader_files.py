"""What the reader says of files that are no models at all, or that were damaged on the way."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.model.reader import read_model
from tests.model.sound_model import rejection, sound_bytes


def test_empty_file() -> None:
    assert rejection(b"").message == "the model is an empty file"


def test_file_shorter_than_its_header() -> None:
    assert rejection(b"\x1c\0\0\0TF").message == "the model is truncated: the file has 6 bytes"


@pytest.mark.parametrize(
    ("data", "identifier", "hint"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(64), r"\x0d\x0a\x1a\x0a", "Keras HDF5"),
        (b"PK\x03\x04\x14\0\0\0" + bytes(64), r"\x14\x00\x00\x00", ".keras"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "ion ", "git lfs pull"),
        (b"<!DOCTYPE html><html>", "CTYP", "web page"),
    ],
)
def test_other_format_is_recognised(data: bytes, identifier: str, hint: str) -> None:
    error = rejection(data)
    assert error.message == f"not a TensorFlow Lite model: identifier is `{identifier}`, expected `TFL3`"
    assert error.hint is not None
    assert hint in error.hint


def test_wrong_identifier_in_a_whole_model() -> None:
    data = sound_bytes()
    error = rejection(data[:4] + b"TFL2" + data[8:])
    assert error.message == "not a TensorFlow Lite model: identifier is `TFL2`, expected `TFL3`"


def test_root_outside_the_file() -> None:
    data = sound_bytes()
    error = rejection((1 << 30).to_bytes(4, "little") + data[4:])
    assert error.message == "model: its table lies outside the file"
    assert error.details == (f"at byte {1 << 30} of {len(data)}",)
    assert error.hint is not None


def test_text_that_is_not_utf8_names_the_byte() -> None:
    data = sound_bytes()
    place = data.index(b"weights")
    error = rejection(data[: place + 2] + b"\xff" + data[place + 3 :])
    assert error.message == "tensor 1: field `name` is not UTF-8 text"
    assert error.details == (f"at byte {place + 2} of {len(data)}",)


def test_text_without_terminator() -> None:
    data = sound_bytes()
    end = data.index(b"weights\0") + len("weights")
    assert rejection(data[:end] + b"!" + data[end + 1 :]).message == "tensor 1: field `name` is not terminated"


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the model does not exist"):
        read_model(tmp_path / "nowhere.tflite")


def test_directory_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the model is not a regular file"):
        read_model(tmp_path)


def test_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.tflite"
    os.mkfifo(pipe)
    with pytest.raises(UserError, match="the model is not a regular file"):
        read_model(pipe)


def test_file_beyond_2_gib_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.tflite"
    with path.open("wb") as stream:
        stream.truncate(1 << 31)  # sparse: takes no space on disk
    with pytest.raises(UserError, match="the model is larger than 2 GiB"):
        read_model(path)


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.tflite"
    path.write_bytes(sound_bytes())

    def refuse(self: Path) -> bytes:  # permissions do not stop root, and tests may run as root
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UserError, match="the model cannot be read: Permission denied"):
        read_model(path)
