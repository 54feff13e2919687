"""What kind of file is this? Told from its first bytes, never from its name alone."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.imports.readers.limits import LARGEST_FILE, MEGABYTE
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

HEAD = 64 * 1024
ESCAPED = re.compile("[\udc80-\udcff]")
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_FOREIGN = {
    b"%PDF": gettext_lazy("This is a PDF. Ask the sender for the table itself, as a CSV or an Excel file."),
    b"\xd0\xcf\x11\xe0": gettext_lazy(
        "This is an old Excel file (.xls). Open it and save it as .xlsx or CSV."
    ),
    b"\x89PNG": gettext_lazy("This is a picture, not a table."),
    b"\xff\xd8\xff": gettext_lazy("This is a picture, not a table."),
    b"PAR1": gettext_lazy("This is a Parquet file. Save it as CSV first."),
    b"\x1f\x8b": gettext_lazy("This file is packed with gzip. Unpack it first."),
    b"Rar!": gettext_lazy("This is a packed archive. Unpack it first."),
    b"7z\xbc\xaf": gettext_lazy("This is a packed archive. Unpack it first."),
}
DELIMITERS = ",\t;|"


def check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise Refused(
            _("The file is larger than %(most)s MB. Split it and load the parts.")
            % {"most": LARGEST_FILE // MEGABYTE},
            code=Code.TOO_LARGE,
        )
    if size == 0:
        raise Refused(_("The file is empty."), code=Code.MALFORMED)


def recognise(path: Path) -> str:
    """Return `xlsx` or `text`; refuse what is neither."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for magic, words in _FOREIGN.items():
        if head.startswith(magic):
            raise Refused(words, code=Code.MALFORMED)
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _looks_binary(head):
        raise Refused(
            _("This file is not text. Save it as CSV or Excel (.xlsx) and send it again."),
            code=Code.MALFORMED,
        )
    return "text"


def encoding_of(path: Path) -> str:
    """Recognise the encoding by reading the file once: a mark at its start, else UTF-8, else Windows' own.

    Where some lines are UTF-8 and others are not, UTF-8 is right for the file and the odd lines are its faults.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        marked = next((name for mark, name in _BOMS if head.startswith(mark)), "") or _unmarked_utf16(head)
        if marked:
            return marked
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        wide = broken = False
        while chunk := file.read(MEGABYTE):
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(chunk)
            escaped = len(ESCAPED.findall(text))
            broken = broken or escaped > 0
            wide = wide or sum(not char.isascii() for char in text) > escaped
    return "cp1252" if broken and not wide else "utf-8"


def delimiter_of(line: str) -> str:
    """Return the delimiter that cuts this line into most parts, quoted parts left out."""
    bare = re.sub(r'"[^"]*"', "", line)
    best = max(DELIMITERS, key=bare.count)
    return best if bare.count(best) else ","


def _unmarked_utf16(head: bytes) -> str:
    even, odd = head[0::2], head[1::2]
    if len(head) < 4:
        return ""
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _looks_binary(head: bytes) -> bool:
    if _unmarked_utf16(head):
        return False
    odd = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    return odd > 0.1 * len(head)
