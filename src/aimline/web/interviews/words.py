"""What the conversations of a review add up to, in one sentence, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.reports.drawing import words
from aimline.reviews.listening import Open, to_read_again
from aimline.reviews.models import Conversation
from aimline.web.interviews.board import Board
from aimline.web.interviews.codebook import Row, talked_about
from aimline.web.interviews.rows import Room
from aimline.web.parts import Next
from aimline.web.reviews.words import count

# Minutes for the talk, and for each excerpt that is read again.
_TALK, _EACH = 5, 0.6


def _marked(text: str, **facts: object) -> words.Sentence:
    return words.marked(text, {name: str(value) for name, value in facts.items()})


def verdict(talks: Sequence[Conversation], seen: Open, found: Sequence[Row]) -> words.Sentence:
    if not talks:
        return _marked(
            _("[Nobody has been asked in a conversation yet]. Numbers say how many; people say why.")
        )
    if not seen.read:
        said = ngettext(
            "[One conversation is noted]. Two people code it apart, and only then see each other's codes.",
            "[%(count)s conversations are noted]. Two people code them apart, and only then see each other's codes.",
            len(talks),
        )
        return _marked(said, count=count(len(talks)))
    if row := talked_about(found):
        return _two_ways(row, seen, found)
    return _of_all(seen, found)


def _two_ways(row: Row, seen: Open, found: Sequence[Row]) -> words.Sentence:
    facts = {
        **_who(seen),
        "alike": count(sum(one.is_alike for one in found)),
        "codes": count(len(found)),
        "code": row.code.name,
        "differ": count(row.alike.only_one),
        "read": count(row.alike.read),
    }
    said = ngettext(
        "%(first)s and %(second)s read %(alike)s of %(codes)s codes alike. [“%(code)s” is read two ways]: "
        "on %(differ)s of %(read)s excerpt only one of them used it. What rests on it waits.",
        "%(first)s and %(second)s read %(alike)s of %(codes)s codes alike. [“%(code)s” is read two ways]: "
        "on %(differ)s of %(read)s excerpts only one of them used it. What rests on it waits.",
        row.alike.read,
    )
    return _marked(said, **facts)


def _of_all(seen: Open, found: Sequence[Row]) -> words.Sentence:
    alike, waits = sum(one.is_alike for one in found), sum(one.waits for one in found)
    facts = {**_who(seen), "alike": count(alike), "codes": count(len(found)), "waits": count(waits)}
    if waits:
        said = _("[%(waits)s excerpts wait to be read again] by the definition that holds now.")
    elif not alike:
        said = _(
            "[Too little is coded to say] how alike %(first)s and %(second)s read. Go on with more conversations."
        )
    elif alike == len(found):
        said = _("%(first)s and %(second)s read [every code alike]. Findings may rest on what people said.")
    else:
        said = _(
            "%(first)s and %(second)s read [%(alike)s of %(codes)s codes alike]. "
            "The others were used too seldom to say."
        )
    return _marked(said, **facts)


def _who(seen: Open) -> dict[str, object]:
    first, second = (person.first_name for person in seen.coders)
    return {"first": first, "second": second}


def next_step(
    held: Room, talks: Sequence[Conversation], seen: Open, found: Sequence[Row], board: Board
) -> Next | None:
    """The most useful thing for this person now."""
    if not held.may_write:
        return None
    if not found:
        why = _("Agree with the other coder on the first code: a name, and when it is used.")
        return Next(why, _("Begin the codebook"), held.address("new_code"))
    if not talks:
        why = _("Note the first conversation. Fifteen minutes with a teacher is a good one.")
        return Next(why, _("Note a conversation"), held.address("new"))
    return _to_read(held, talks) or _to_agree(held, found) or _to_gather(held, seen, board)


def _to_read(held: Room, talks: Sequence[Conversation]) -> Next | None:
    waiting = to_read_again(held.review, held.person)
    if one := waiting.first():
        code = one.definition.code
        number = waiting.filter(definition__code=code).count()
        said = ngettext(
            "“%(code)s” has a new definition. Read %(count)s excerpt again by it.",
            "“%(code)s” has a new definition. Read %(count)s excerpts again by it.",
            number,
        )
        why = said % {"code": code.name, "count": count(number)}
        return Next(why, _("Read them again"), held.address("again", code))
    for talk in talks:
        if talk.has_consent and talk.stretches and not _is_done(talk, held):
            why = _("Code %(label)s by yourself. Nobody sees your codes before both of you are done.")
            return Next(why % {"label": talk.label}, _("Code it"), held.address("coding", talk))
    return None


def _is_done(talk: Conversation, held: Room) -> bool:
    """By this person, or by two others."""
    done = {reading.person_id for reading in talk.readings.all() if reading.done_at}
    return held.person.pk in done or len(done) > 1


def _to_agree(held: Room, found: Sequence[Row]) -> Next | None:
    row = talked_about(found)
    if row is None:
        return None
    minutes = round(_TALK + _EACH * row.alike.only_one)
    said = ngettext(
        "Agree on one sentence for “%(code)s”, then code %(count)s excerpt again. About %(minutes)s minutes.",
        "Agree on one sentence for “%(code)s”, then code %(count)s excerpts again. About %(minutes)s minutes.",
        row.alike.only_one,
    )
    facts = {"code": row.code.name, "count": count(row.alike.only_one), "minutes": count(minutes)}
    return Next(said % facts, _("Agree on the code"), held.address("code", row.code))


def _to_gather(held: Room, seen: Open, board: Board) -> Next | None:
    if board.loose and not board.columns:
        why = _("Say in a few words what several people say, and gather their words under it.")
        return Next(why, _("Begin a theme"), held.address("new_theme"))
    column = next((one for one in board.columns if one.to_link > 0), None)
    if column and held.may_judge:
        why = _("“%(theme)s” can carry a finding: lead its quotes there.") % {"theme": column.theme.name}
        return Next(why, _("Lead it to a finding"), held.address("theme", column.theme))
    return None


def counted(talks: Sequence[Conversation], seen: Open) -> list[str]:
    number, coders = len(talks), len(seen.coders)
    excerpts = sum(one.stretches for one in talks)
    found = [
        ngettext("%(count)s conversation", "%(count)s conversations", number) % {"count": count(number)},
        ngettext("%(count)s excerpt", "%(count)s excerpts", excerpts) % {"count": count(excerpts)},
    ]
    if coders:
        found.append(ngettext("%(count)s coder", "%(count)s coders", coders) % {"count": count(coders)})
    return found
