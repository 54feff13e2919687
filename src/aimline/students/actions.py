"""Writes to the lake's catalogue: rows come in with a load, and go again when it is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import deciding, erasing, keeping, linking, reading
from aimline.students.deciding import Decision
from aimline.students.erasing import Erased
from aimline.students.keeping import Kept
from aimline.students.models import Batch, Expiry, How, RosterLink, Seen, Source
from aimline.students.tracing import Traced
from aimline.students.verdicts import Decided


@action(Act.IMPORT)
def know_source(unit: Unit, person: Person, *, name: str) -> Source:
    """Return the source of this name at a place, locked until the transaction ends: one load of it at a time."""
    Source.objects.get_or_create(unit=unit, name=name)
    return Source.objects.select_for_update().get(unit=unit, name=name)


@action(Act.IMPORT)
def keep_rows(source: Source, person: Person, *, kept: Sequence[Kept], load_id: UUID) -> Source:
    """Keep the rows that a load found to be new, changed or ended."""
    keeping.write(source, kept, load_id)
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
def erase_student(unit: Unit, person: Person, *, student: Traced, mark: int) -> Erased:
    """Take every row about a student out of the lake for good, and out of the log of who has read them."""
    for source, id in student.persons:
        Seen.objects.filter(source=UUID(source), student=id).delete()
        RosterLink.objects.filter(source=UUID(source), roster_id=id).delete()
    return erasing.rewrite(erasing.cuts_for(student))


@action(Act.KEEP_PRIVACY)
def erase_expired(unit: Unit, person: Person, *, before: Mapping[str, date]) -> Erased:
    """Take the rows of tables, by name, whose years were over before a day out of the lake for good."""
    Expiry.objects.bulk_create(Expiry(table=table, before=day) for table, day in before.items())
    return erasing.rewrite(erasing.cuts_past(before))


@action(Act.IMPORT)
def decide_identities(
    source: Source, person: Person, *, decisions: Sequence[Decision], load_id: UUID
) -> Source:
    """Say whom ids of a source mean. What somebody decided otherwise stands until it is taken back."""
    deciding.check(source, person, decisions)
    keeping.write(source, deciding.compare(source, deciding.part(decisions, person)), load_id)
    return source


@action(Act.IMPORT)
def take_identity_back(source: Source, person: Person, *, decided: Decided, load_id: UUID) -> Source:
    """End a decision from now on: the id is matched by the rules again, or waits again."""
    deciding.check_sight(source, person)
    keeping.write(source, deciding.compare(source, deciding.part_ending(decided)), load_id)
    return source


@action(Act.EDIT_PEOPLE)
def link_roster(account: Person, person: Person, *, source: Source, roster_id: str) -> RosterLink:
    """Say which person of a roster the holder of an account is: a teacher then sees the students of own classes."""
    links = RosterLink.objects.current()
    if made := links.filter(person=account, source=source, roster_id=roster_id).first():
        return made
    if account == person:
        raise Invalid(_("Who keeps the people here cannot say so of themselves. Ask somebody else who does."))
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
