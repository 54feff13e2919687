"""A vote in one sentence, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.reports.drawing import words
from aimline.reviews.models import Ballot, Round
from aimline.reviews.voting import (
    Outcome,
    Row,
    Spread,
    next_row,
    rows_of,
    speaks_next,
    spread,
    steps_apart,
)
from aimline.web.parts import Next
from aimline.web.reviews.words import count
from aimline.web.votes.live import Phase, State
from aimline.web.votes.rows import Room


def marked(text: str, **facts: object) -> words.Sentence:
    return words.marked(text, {name: str(value) for name, value in facts.items()})


def of_room(row: Row | None, state: State) -> words.Sentence:
    """Where the room stands. Of a hidden vote nothing is said but that it is hidden."""
    turn = state.turn
    if row is None or turn is None:
        return marked(
            _("The vote begins when the team is here. [Everyone votes on their own phone or computer.]")
        )
    if state.phase is Phase.HIDDEN:
        if turn.number > 1:
            return marked(_("[Once more, and hidden again], until everyone here has voted."))
        return marked(_("[Hidden from everyone], until all who are here have voted."))
    if state.phase is Phase.AGREED:
        return marked(
            _("[Agreed: %(level)s.] Names are gone; the counts and the reason stay."), level=_level(row, turn)
        )
    return _of_talk(row, turn)


def _level(row: Row, turn: Round) -> str:
    level = row.level(turn.agreed)
    return f"{level.code} {level.name}" if level else _("could not tell")


def _of_talk(row: Row, turn: Round) -> words.Sentence:
    told = spread(row, turn.counts)
    if told is Spread.NOBODY_KNOWS:
        return marked(_("[Nobody knows enough to tell.] That is a finding, too."))
    if told is Spread.SAME:
        return marked(_("[All chose the same level.] Say what shows it, then agree."))
    if told is Spread.NEAR:
        return marked(_("[The room is one level apart.] Three minutes to talk, then agree."))
    apart = count(steps_apart(row, turn.counts) or 0)
    if turn.number == 1:
        return marked(
            _("[The room is %(apart)s levels apart,] so the lowest and the highest speak first."), apart=apart
        )
    return marked(
        _(
            "[The room is still %(apart)s levels apart.] The lower level stands, and the difference is written down."
        ),
        apart=apart,
    )


def next_for_leader(ballot: Ballot, state: State, rounds: Sequence[Round], row: Row | None) -> Next | None:
    turn, rows = state.turn, rows_of(ballot.edition.form)
    after = next_row(rows, rounds, turn.item if turn else "")
    if turn is None or row is None:
        why = _("Wait until everyone is here. Then open the first row.")
        return Next(why, _("Open the first row"), address(ballot, 0, rows[0]), posts=True)
    if state.phase is Phase.HIDDEN:
        return Next(_("The votes show by themselves as soon as the last one is in."))
    if state.phase is Phase.TALK and speaks_next(row, turn):
        why = _("Hear both ends, then vote again. The second vote is hidden too.")
        return Next(why, _("Open the second vote"), address(ballot, turn.position, row), posts=True)
    if state.phase is Phase.TALK:
        return Next(_("Keep the level the team agrees on, and why."), _("Agree on a level"), "#agree")
    if after:
        said = _("Next: %(number)s. %(ask)s") % {"number": after.number, "ask": after.item.ask}
        return Next(said, _("Open this row"), address(ballot, turn.position, after), posts=True)
    why = _("Every row has its level.")
    return Next(
        why, _("End the vote and see what came out"), reverse("votes:end", args=[ballot.pk]), posts=True
    )


def next_for_voter(held: Room, state: State) -> Next | None:
    """What one of the team does; whoever only looks does nothing."""
    own = next((one for one in state.people if one.person.pk == held.person.pk), None)
    if not held.votes or own is None:
        return None
    if not own.is_here:
        why = _("The others wait for your vote once you are in.")
        return Next(why, _("Come in"), reverse("votes:come_in", args=[held.ballot.pk]), posts=True)
    if state.phase is Phase.GATHER:
        return Next(_("You are in. This page goes on when the first row opens."))
    if state.phase is Phase.HIDDEN:
        why = _("Your vote is in. You can change it until the votes are shown.")
        return Next(why, _("Change my vote"), reverse("votes:vote", args=[held.ballot.pk]))
    if state.phase is Phase.TALK:
        return Next(_("Say what you saw that shows your level. Who leads writes down what you agree on."))
    return Next(_("The next row comes by itself."))


def address(ballot: Ballot, after: int, row: Row) -> str:
    return reverse("votes:open", args=[ballot.pk, after, row.item.key])


def of_outcome(told: Outcome) -> words.Sentence:
    lowest = len(told.act_on)
    if not told.total.told:
        return marked(_("[The team could not tell the level of any row.]"))
    if not lowest and told.total.told < told.total.rows:
        part = ngettext(
            "[%(told)s of %(rows)s rows has a level,] and it is not its lowest.",
            "[%(told)s of %(rows)s rows have a level,] and none of these its lowest.",
            told.total.told,
        )
        return marked(part, told=count(told.total.told), rows=count(told.total.rows))
    if not lowest:
        return marked(_("[No row stands at its lowest level.]"))
    said = ngettext(
        "[%(count)s row stands at its lowest level.] Begin there.",
        "[%(count)s rows stand at their lowest level.] Begin there.",
        lowest,
    )
    return marked(said, count=count(lowest))
