"""Pictures that belong to an answer, kept by their content.

A file is what its first bytes say, never what its name says. A camera writes the place, the time and the owner into a
picture; all of that is taken out before it is kept (which side is up stays), and a file whose parts do not add up is
refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from aimline.core.errors import Unreadable

LARGEST = 10 * 1024 * 1024
FOLDER = "answers"
_PNG = b"\x89PNG\r\n\x1a\n"
# What a PNG needs to be drawn; words, times and Exif are not among it.
_DRAWN = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
)
_WEBP_DRAWN = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
# The flags in the head of an extended WebP that say it holds Exif, XMP and a colour profile.
_WEBP_TELLS = 0x08 | 0x04 | 0x20
_SCAN, _END, _COMMENT, _FILL = 0xDA, 0xD9, 0xFE, 0xFF
# Parts of a JPEG that applications write into. Of them, JFIF and Adobe's (how to read the colours) are drawn with.
_APPLICATIONS = range(0xE0, 0xF0)
_JFIF, _EXIF, _ADOBE = 0xE0, 0xE1, 0xEE
_ORIENTATION = 0x0112
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def keep(file: BinaryIO) -> str:
    """Keep a picture without what its camera wrote into it; return the hash it is found by."""
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreadable(_("This picture is larger than 10 MB. Take it again with a smaller size."))
    clean = cleaned(data)
    name = hashlib.sha256(clean).hexdigest()
    if default_storage.exists(path_of(name)):
        # It was sent again, so its time of grace begins anew.
        Path(default_storage.path(path_of(name))).touch()
    else:
        default_storage.save(path_of(name), BytesIO(clean))
    return name


def path_of(name: str) -> str:
    return f"{FOLDER}/{name[:2]}/{name}"


def cleaned(data: bytes) -> bytes:
    """The same picture with nothing in it but what is drawn."""
    clean = _cleaner(data)
    try:
        return clean(data)
    except (IndexError, ValueError) as damaged:
        raise Unreadable(
            _("This picture is damaged and was not kept. Take it again, or choose another.")
        ) from damaged


def _cleaner(data: bytes) -> Callable[[bytes], bytes]:
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg
    if data.startswith(_PNG):
        return _png
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp
    raise Unreadable(_("This file is not a picture in JPEG, PNG or WebP. Choose another."))


def _jpeg(data: bytes) -> bytes:
    """Everything up to the end mark but comments and what applications wrote; a second picture behind it goes."""
    kept, turned = bytearray(), b""
    place = 2
    while (marker := _marker(data, place)) != _END:
        if marker == _FILL:
            place += 1
            continue
        end = place + 2 if marker in _BARE else _end_of_part(data, place)
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        if _is_drawn(marker, data[place + 4 : place + 9]):
            kept += data[place:end]
        elif marker == _EXIF:
            turned = turned or _turned(data[place + 4 : end])
        place = end
    return data[:2] + turned + bytes(kept + data[place : place + 2])


def _turned(part: bytes) -> bytes:
    """Of what a camera wrote, the one thing that is drawn with: which side is up. Written anew, alone."""
    if part[:6] != b"Exif\x00\x00" or part[6:8] not in (b"II", b"MM"):
        return b""
    tiff, order = part[6:], _ORDERS[part[6:8]]
    table = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[table : table + 2], order)
    for place in range(table + 2, min(table + 2 + 12 * count, len(tiff)), 12):
        if int.from_bytes(tiff[place : place + 2], order) == _ORIENTATION:
            side = int.from_bytes(tiff[place + 8 : place + 10], order)
            return _UP[side - 1] if 1 < side <= len(_UP) else b""
    return b""


def _exif_of(side: int) -> bytes:
    """A whole Exif part that says which side is up, and nothing else."""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + side.to_bytes(2) + b"\x00\x00"
    body = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + entry + bytes(4)
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body


_UP = [_exif_of(side) for side in range(1, 9)]
_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}


def _marker(data: bytes, place: int) -> int:
    if data[place] != _FILL:
        raise ValueError("no marker")
    return data[place + 1]


def _end_of_part(data: bytes, place: int) -> int:
    length = int.from_bytes(data[place + 2 : place + 4])
    if length < 2 or place + 2 + length > len(data):
        raise ValueError("a part is longer than the file")
    return place + 2 + length


def _end_of_scan(data: bytes, place: int) -> int:
    """Where the next marker stands behind the drawn points; in them, FF is followed by 00 or a restart."""
    while True:
        place = data.index(b"\xff", place)
        following = data[place + 1]
        if following == _FILL:
            place += 1
        elif following == 0 or following in _BARE:
            place += 2
        else:
            return place


def _is_drawn(marker: int, head: bytes) -> bool:
    if marker == _JFIF:
        return head == b"JFIF\x00"
    if marker == _ADOBE:
        return head == b"Adobe"
    return marker not in _APPLICATIONS and marker != _COMMENT


def _png(data: bytes) -> bytes:
    kept = bytearray(_PNG)
    place, kind = len(_PNG), b""
    while kind != b"IEND":
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(data) or len(kind) < 4:
            raise ValueError("a part is longer than the file")
        if kind in _DRAWN:
            kept += data[place:end]
        place = end
    return bytes(kept)


def _webp(data: bytes) -> bytes:
    body = b"".join(_quiet(kind, part) for kind, part in _webp_parts(data) if kind in _WEBP_DRAWN)
    if not body:
        raise ValueError("nothing to draw")
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _webp_parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, last = 12, int.from_bytes(data[4:8], "little") + 8
    if last > len(data):
        raise ValueError("the file is cut off")
    while place < last:
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        end = place + 8 + length + length % 2
        if end > last:
            raise ValueError("a part is longer than the file")
        yield data[place : place + 4], data[place:end]
        place = end


def _quiet(kind: bytes, part: bytes) -> bytes:
    """The head of an extended WebP no longer announces what was taken out."""
    return part[:8] + bytes([part[8] & ~_WEBP_TELLS]) + part[9:] if kind == b"VP8X" else part
