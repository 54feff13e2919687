"""One page for families: what was looked at, what stays, what changes, in plain words. A first draft to write on."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from aimline.reports.review.content import Content
from aimline.reviews.models import FindingKind


def first_draft(content: Content, language: str) -> str:
    """Paragraphs for a person to put into other words: findings are written for colleagues, not for families."""
    with override(language):
        parts = [
            _("We visited classrooms, looked at results and talked with people at %(place)s.")
            % {"place": content["unit"]},
            _listed(_("What works well and stays:"), _texts(content, FindingKind.KEEP)),
            _listed(_("What we want to do better:"), _texts(content, FindingKind.GAP)),
            _listed(_("What happens now:"), [one["text"] for one in content["recommendations"]]),
            _("Questions or ideas? Tell your school. We will tell you what became of this."),
        ]
    return "\n\n".join(part for part in parts if part)


def _texts(content: Content, kind: FindingKind) -> list[str]:
    return [one["text"] for one in content["findings"] if one["kind"] == kind]


def _listed(lead: str, texts: list[str]) -> str:
    return "\n".join([lead, *(f"• {text}" for text in texts)]) if texts else ""
