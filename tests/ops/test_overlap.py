"""How far an output may lie on its input, against the definition; the kernels' own tests run with that overlap."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from mcuforge.model.ops._matrix import matrix_overlap
from mcuforge.model.ops._window import Axis, Padding, Window

sizes = st.integers(1, 9)
steps = st.integers(1, 4)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    padding = draw(st.sampled_from(Padding))
    axes = [Axis(draw(sizes), draw(steps), draw(steps), draw(steps)) for _ in range(2)]
    assume(all(axis.output(padding) >= 1 for axis in axes))
    return Window(
        batches=draw(st.integers(1, 2)),
        input_height=axes[0].extent,
        input_width=axes[1].extent,
        input_channels=draw(steps),
        output_height=axes[0].output(padding),
        output_width=axes[1].output(padding),
        output_channels=draw(st.integers(1, 12)),
        filter_height=axes[0].taps,
        filter_width=axes[1].taps,
        stride_height=axes[0].stride,
        stride_width=axes[1].stride,
        dilation_height=axes[0].dilation,
        dilation_width=axes[1].dilation,
        padding_top=axes[0].leading_padding(padding),
        padding_left=axes[1].leading_padding(padding),
    )


def first_elements_read(window: Window) -> list[int]:
    """For each output pixel in order: the first input element of its window, without its padding."""
    return [
        ((batch * window.input_height + max(0, y * window.stride_height - window.padding_top)) * window.input_width
         + max(0, x * window.stride_width - window.padding_left)) * window.input_channels
        for batch in range(window.batches)
        for y in range(window.output_height)
        for x in range(window.output_width)
    ]  # fmt: skip


@given(window=windows())
def test_windows_overlap_as_far_as_no_pixel_overwrites_what_is_still_read(window: Window) -> None:
    reads = first_elements_read(window)
    output = len(reads) * window.output_channels
    lead = max((at + 1) * window.output_channels - min(reads[at:]) for at in range(len(reads)))
    assert window.overlap(1) == max(0, min(output, output - lead))
    assert window.overlap(4) == 4 * window.overlap(1)


@given(rows=sizes, depth=sizes, channels=sizes)
def test_matrices_overlap_as_far_as_no_row_overwrites_what_is_still_read(rows: int, depth: int, channels: int) -> None:
    lead = max((row + 1) * channels - row * depth for row in range(rows))
    assert matrix_overlap(rows, depth, channels, 1) == {0: rows * channels - lead}


def test_a_pointwise_layer_of_kws_needs_one_pixel_beside_its_input() -> None:
    assert matrix_overlap(rows=125, depth=64, channels=64, element_bytes=1) == {0: 124 * 64}
