"""Writes to the lake's catalogue: rows come in with a load, and go again when it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import erasing, keeping, linking, reading
from aimline.students.erasing import CutOf, Erased
from aimline.students.keeping import Kept
from aimline.students.models import Batch, How, RosterLink, Seen, Source
from aimline.students.tracing import Traced


@action(Act.IMPORT)
def know_source(unit: Unit, person: Person, *, name: str) -> Source:
    """Return the source of this name at a place, locked until the transaction ends: one load of it at a time."""
    Source.objects.get_or_create(unit=unit, name=name)
    return Source.objects.select_for_update().get(unit=unit, name=name)


@action(Act.IMPORT)
def keep_rows(
    source: Source, person: Person, *, kept: Sequence[Kept], load_id: UUID, written: list[str]
) -> Source:
    """Keep the rows that a load found to be new, changed or ended."""
    keeping.write(source, kept, load_id, written)
    return source


@action(Act.IMPORT)
def take_back_rows(unit: Unit, person: Person, *, load_id: UUID) -> set[str]:
    """Let the batches of a load no longer count; what they replaced counts again. Return the tables concerned."""
    batches = Batch.objects.live().filter(load_id=load_id)
    tables = set(batches.order_by().values_list("table", flat=True))
    batches.update(undone_at=clock.now())
    return tables


@action(Act.KEEP_PRIVACY)
def give_file(unit: Unit, person: Person, *, student: Traced, mark: int) -> Unit:
    """Note that everything held about one student was put into one file; the audit log gets a mark, not the id."""
    reading.note(person, unit, How.EXPORT, [(UUID(source), id) for source, id in sorted(student.students)])
    return unit


@action(Act.KEEP_PRIVACY)
def erase_student(unit: Unit, person: Person, *, student: Traced, mark: int, written: list[str]) -> Erased:
    """Take every row about a student out of the lake for good, and out of the log of who has read them."""
    for source, id in student.persons:
        Seen.objects.filter(source=UUID(source), student=id).delete()
        RosterLink.objects.filter(source=UUID(source), roster_id=id).delete()
    return erasing.rewrite(erasing.cuts_for(student), written)


@action(Act.KEEP_PRIVACY)
def erase_expired(unit: Unit, person: Person, *, cut_of: CutOf, written: list[str]) -> Erased:
    """Take rows whose years are over out of the lake for good."""
    return erasing.rewrite(cut_of, written)


@action(Act.EDIT_PEOPLE)
def link_roster(account: Person, person: Person, *, source: Source, roster_id: str) -> RosterLink:
    """Say which person of a roster the holder of an account is: a teacher then sees the students of own classes."""
    links = RosterLink.objects.current()
    if made := links.filter(person=account, source=source, roster_id=roster_id).first():
        return made
    if linking.source_of(person, source.pk, roster_id) is None:
        raise Invalid(_("Nobody of this id works at a place whose people you keep. Choose from the list."))
    if links.filter(source=source, roster_id=roster_id).exists():
        raise Conflict(
            _("This person of the roster already belongs to another account. End that link first.")
        )
    if links.filter(source=source, person=account).exists():
        raise Conflict(
            _("This account already belongs to somebody else of this roster. End that link first.")
        )
    return RosterLink.objects.create(person=account, source=source, roster_id=roster_id)


@action(Act.EDIT_PEOPLE)
def end_roster_link(link: RosterLink, person: Person) -> RosterLink:
    """End a link from now on; what was seen by it stays in the log."""
    return link.change(ended_at=clock.now())
