"""An address as a code for the cameras of phones, drawn as one path."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

# A quiet edge of four squares belongs to every code; ten units are one square of the drawing.
_EDGE, _SQUARE = 4, 10


def drawn(address: str) -> SafeString:
    """Draw the code with its address as its name."""
    code = QRCode(border=_EDGE, box_size=_SQUARE, image_factory=SvgPathImage)
    code.add_data(address)
    code.make(fit=True)
    image = code.make_image()
    return format_html(
        '<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{said}">'
        '<rect class="qr-bg" width="{side}" height="{side}"/><path class="qr-fg" d="{path}"/></svg>',
        side=code.modules_count + 2 * _EDGE,
        path=image.path.get("d"),
        said=_("Code that opens %(address)s") % {"address": address},
    )
