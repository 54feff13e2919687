"""What a camera writes into a picture does not get past the door."""

from __future__ import annotations

import hashlib
import struct
import zlib
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from aimline.core.errors import Unreadable
from aimline.instruments import pictures

PLACE = b"GPS 41.40338, 2.17403"


def part(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def exif(order: str, side: int) -> bytes:
    """A TIFF with the side that is up, the maker and, behind it, a place."""
    entries = struct.pack(f"{order}HHHI4s", 2, 0x010F, 2, 4, b"Cam\x00")
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, side, 0)
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    return b"Exif\x00\x00" + mark + struct.pack(f"{order}I", 8) + entries + PLACE


# The smallest drawing each format can hold, as programs write it.
DRAWN_JPEG = b64decode(
    "/9j/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEB"
    "AREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)
JPEG = DRAWN_JPEG[:2] + part(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00") + DRAWN_JPEG[2:]
WEBP = b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


HEAD, POINT = (
    chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
    chunk(b"IDAT", zlib.compress(b"\x00\x80")),
)
PNG = b"\x89PNG\r\n\x1a\n" + HEAD + POINT + chunk(b"IEND", b"")


@pytest.mark.parametrize("picture", [JPEG, PNG, WEBP], ids=["jpeg", "png", "webp"])
def test_a_picture_with_nothing_to_hide_stays_as_it_is(picture: bytes) -> None:
    assert pictures.cleaned(picture) == picture


def test_a_photograph_loses_its_place_its_maker_its_comment_and_what_stands_behind_it() -> None:
    told = [
        part(0xE1, exif("<", 1)),
        part(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE),
        part(0xED, b"Photoshop" + PLACE),
    ]
    told += [part(0xFE, PLACE), part(0xE2, b"MPF\x00" + PLACE)]
    taken = JPEG[:2] + b"".join(told) + JPEG[2:] + PLACE
    assert pictures.cleaned(taken) == JPEG


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_keeps_which_side_is_up(order: str) -> None:
    clean = pictures.cleaned(JPEG[:2] + part(0xE1, exif(order, 6)) + JPEG[2:])
    assert PLACE not in clean
    assert b"Cam" not in clean
    written = clean[2:40]
    assert written[:10] == b"\xff\xe1\x00\x22Exif\x00\x00"
    assert written[10:18] == b"MM\x00*\x00\x00\x00\x08"
    assert struct.unpack(">HHHIHH", written[18:32]) == (1, 0x0112, 3, 1, 6, 0)
    assert clean[:2] + clean[38:] == JPEG
    # What it writes itself, it reads again.
    assert pictures.cleaned(clean) == clean


def test_a_drawing_loses_its_words_its_time_and_its_exif() -> None:
    told = [chunk(b"tEXt", b"Author\x00" + PLACE), chunk(b"iTXt", PLACE), chunk(b"zTXt", PLACE)]
    told += [chunk(b"eXIf", exif("<", 1)[6:]), chunk(b"tIME", bytes(7)), chunk(b"prVt", PLACE)]
    start = len(PNG) - len(POINT) - 12
    assert pictures.cleaned(PNG[:start] + b"".join(told) + PNG[start:] + PLACE) == PNG


def test_an_extended_webp_loses_its_exif_and_says_so() -> None:
    def piece(kind: bytes, body: bytes) -> bytes:
        return kind + len(body).to_bytes(4, "little") + body + b"\x00" * (len(body) % 2)

    def whole(*pieces: bytes) -> bytes:
        body = b"WEBP" + b"".join(pieces)
        return b"RIFF" + len(body).to_bytes(4, "little") + body

    head = piece(b"VP8X", bytes([0x08 | 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    quiet = piece(b"VP8X", bytes(10))
    taken = whole(head, WEBP[12:], piece(b"EXIF", PLACE), piece(b"XMP ", PLACE))
    assert pictures.cleaned(taken) == whole(quiet, WEBP[12:])


@pytest.mark.parametrize("picture", [JPEG, PNG, WEBP], ids=["jpeg", "png", "webp"])
def test_a_picture_that_is_cut_off_is_refused_wherever_it_ends(picture: bytes) -> None:
    for end in range(len(picture)):
        with pytest.raises(Unreadable):
            pictures.cleaned(picture[:end])


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GIF89a" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"RIFF" + bytes(40),
    ],
)
def test_what_is_no_picture_is_refused_in_words(sent: bytes) -> None:
    with pytest.raises(Unreadable, match="JPEG, PNG or WebP"):
        pictures.keep(BytesIO(sent))


def test_a_picture_is_kept_once_by_its_content(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with_place = JPEG[:2] + part(0xE1, exif("<", 1)) + JPEG[2:]
    names = {pictures.keep(BytesIO(sent)) for sent in (JPEG, with_place, JPEG)}
    assert names == {hashlib.sha256(JPEG).hexdigest()}
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [JPEG]
    assert kept[0] == tmp_path / pictures.path_of(*names)


def test_a_picture_above_ten_megabytes_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger than 10 MB"):
        pictures.keep(BytesIO(JPEG + bytes(pictures.LARGEST)))
