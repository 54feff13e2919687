from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from aimline.access.actions import units
from aimline.core import audit
from aimline.core.models import AuditEntry
from aimline.org.models import UnitKind
from tests.world import World


def test_every_write_adds_a_link_and_the_chain_holds(world: World) -> None:
    before = audit.verify()
    units.add(world.port_alder, world.dana, name="Harbor Middle", code="PA-HAR", kind=UnitKind.SCHOOL)
    after = audit.verify()
    assert (before.broken, after.broken) == (None, None)
    assert after.entries == before.entries + 1


def test_an_entry_names_who_did_what_to_which_record_and_holds_no_text(world: World) -> None:
    school = units.add(
        world.port_alder, world.dana, name="Harbor Middle", code="PA-HAR", kind=UnitKind.SCHOOL
    )
    entry = AuditEntry.objects.latest("seq")
    assert (entry.actor_id, entry.act, entry.record_id) == (world.dana.pk, "add", school.pk)
    assert "Harbor" not in str(entry.facts)


@pytest.mark.parametrize("statement", ["UPDATE core_auditentry SET act = 'x'", "DELETE FROM core_auditentry"])
def test_the_database_refuses_to_rewrite_history(world: World, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_forged_link_is_found(world: World) -> None:
    last = AuditEntry.objects.latest("seq")
    AuditEntry.objects.create(
        seq=last.seq + 1, at=last.at, act="add", record_kind="org.Unit", previous=last.hash, hash="0" * 64
    )
    broken = audit.verify().broken
    assert broken is not None
    assert broken.seq == last.seq + 1
