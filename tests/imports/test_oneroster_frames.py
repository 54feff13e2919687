"""Reading a delimited file as a frame: fast where it is clean, carefully where it is not, and the same either way."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimline.imports.readers.frames import Frame, read_carefully, read_fast, read_frame
from aimline.imports.refusals import Refused

WORDS = st.text(st.sampled_from('ab é,"ü \u00a0字'), max_size=6)


@st.composite
def clean_files(draw: st.DrawFn) -> bytes:
    """Files as a well-behaved program writes them."""
    width = draw(st.integers(1, 5))
    header = [f"h{number}" for number in range(width)]
    rows = draw(st.lists(st.lists(WORDS, min_size=width, max_size=width), max_size=6))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=quoting).writerows([header, *rows])
    text = out.getvalue() if draw(st.booleans()) else out.getvalue().removesuffix(end)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


def seen(frame: Frame) -> tuple[object, ...]:
    return frame.columns, frame.rows.rows(), frame.row_faults, frame.cell_faults


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("frames")


@settings(max_examples=300, deadline=None)
@given(content=clean_files())
def test_a_clean_file_is_read_fast_and_says_the_same(folder: Path, content: bytes) -> None:
    path = written(folder, content)
    fast = read_fast(path)
    assert fast is not None
    assert seen(fast) == seen(read_carefully(path))


@settings(max_examples=500, deadline=None)
@given(content=st.text(st.sampled_from('ab,,"\n\n\r\té \u0085\u00a0\0;'), min_size=1, max_size=40))
def test_whatever_is_read_fast_would_be_read_the_same_carefully(folder: Path, content: str) -> None:
    path = written(folder, b"h,i\n" + content.encode())
    fast = read_fast(path)
    if fast is not None:
        assert seen(fast) == seen(read_carefully(path))


@settings(max_examples=200, deadline=None)
@given(content=st.binary(min_size=1, max_size=60))
def test_no_bytes_break_the_reader(folder: Path, content: bytes) -> None:
    try:
        frame = read_frame(written(folder, b"h,i\nx,y\n" + content))
    except Refused:
        return
    assert frame.rows.width == len(frame.columns) + 1


def test_rows_know_their_line_past_blank_lines(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n\n1,2\n\n\n3,4\n\n")
    fast = read_fast(path)
    assert fast is not None
    assert fast.rows.rows() == read_carefully(path).rows.rows() == [(3, "1", "2"), (6, "3", "4")]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    for content in (b"a,b", b"a,b\n", b"\xef\xbb\xbfa,b\r\n"):
        frame = read_fast(written(tmp_path, content))
        assert frame is not None
        assert (frame.columns, frame.rows.height) == (("a", "b"), 0)


@pytest.mark.parametrize(
    ("row", "line", "code"),
    [
        (b"3", 3, "ragged_row"),
        (b"3,4,5", 3, "ragged_row"),
        (b'"3"x,4', 3, "malformed"),
        (b'"3,4', 3, "malformed"),
    ],
)
def test_a_row_that_cannot_be_taken_apart_leaves_the_others(
    tmp_path: Path, row: bytes, line: int, code: str
) -> None:
    frame = read_frame(written(tmp_path, b"a,b\n1,2\n" + row + b"\n5,6\n"))
    assert [(fault.line, fault.code) for fault in frame.row_faults] == [(line, code)]
    assert frame.rows.rows() == [(2, "1", "2"), (4, "5", "6")]


def test_blank_cells_past_the_last_column_harm_nobody(tmp_path: Path) -> None:
    frame = read_frame(written(tmp_path, b"a,b\n1,2,,\n"))
    assert (frame.rows.rows(), frame.row_faults) == ([(2, "1", "2")], [])


@pytest.mark.parametrize(
    ("cell", "kept", "code", "cleaned"),
    [
        (b"x\0y", "xy", "control_character", True),
        (b'"x\ny"', "x y", "control_character", True),
        (b"caf\xe9 \xc3\xa9", "caf\ufffd \u00e9", "bad_encoding", False),
    ],
)
def test_a_cell_that_is_no_text_is_named(
    tmp_path: Path, cell: bytes, kept: str, code: str, cleaned: bool
) -> None:
    frame = read_frame(written(tmp_path, b"a,b\n1," + cell + b"\n3,4\n"))
    assert [row[-1] for row in frame.rows.rows()] == [kept, "4"]
    (fault,) = frame.cell_faults
    assert (fault.line, fault.column, fault.code, fault.cleaned) == (2, 1, code, cleaned)


def test_other_delimiters_and_encodings_are_recognised(tmp_path: Path) -> None:
    for content in (b"a;b\n1;2\n", b"a\tb\n1\t2\n", "a,b\n1,2\n".encode("utf-16"), b"a,b\r\n1,2"):
        assert read_frame(written(tmp_path, content)).rows.rows() == [(2, "1", "2")]


def test_a_file_in_windows_own_encoding_keeps_its_letters(tmp_path: Path) -> None:
    frame = read_frame(written(tmp_path, "a,b\nJosé,2\n".encode("cp1252")))
    assert frame.rows.rows() == [(2, "José", "2")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"%PDF-1.4\n", b"PK\x03\x04zip"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused):
        read_frame(written(tmp_path, content))
