from __future__ import annotations

from datetime import date

from aimline.core import clock
from aimline.students import lake, rosters
from tests.students.conftest import Keep, part
from tests.world import World

ADA = {"id": "1", "given_name": "Ada", "grades": "03"}
BEN = {"id": "2", "given_name": "Ben"}


def spell(
    id: str, person: str, place: str, begin: date | None = None, end: date | None = None
) -> dict[str, object]:
    return {"id": id, "person": person, "role": "student", "place": place, "begin": begin, "end": end}


def placed(world: World, day: date) -> dict[str, tuple[str, bool]]:
    rows = lake.collect(rosters.students(day=day))
    names = {
        world.kelp.pk.hex: "Kelp",
        world.juniper.pk.hex: "Juniper",
        world.port_alder.pk.hex: "Port Alder",
    }
    return {row["student"]: (names[row["unit"]], row["enrolled"]) for row in rows.iter_rows(named=True)}


def test_a_student_belongs_to_the_latest_spell_that_holds(world: World, keep: Keep) -> None:
    keep(
        part("people", [ADA]),
        part(
            "roles",
            [spell("a", "1", "PA-KELP", date(2026, 8, 24)), spell("b", "1", "PA-JUN", date(2027, 1, 11))],
        ),
    )
    assert placed(world, date(2026, 9, 1)) == {"1": ("Kelp", True)}
    assert placed(world, date(2027, 1, 11)) == {"1": ("Juniper", True)}


def test_who_left_is_still_known_there(world: World, keep: Keep) -> None:
    keep(part("roles", [spell("a", "1", "PA-KELP", date(2026, 8, 24), date(2026, 10, 1))]))
    assert placed(world, date(2026, 9, 30)) == {"1": ("Kelp", True)}
    assert placed(world, date(2026, 10, 1)) == {"1": ("Kelp", False)}


def test_a_spell_without_dates_always_holds(world: World, keep: Keep) -> None:
    keep(part("roles", [spell("a", "1", "PA-KELP")]))
    assert placed(world, date(1990, 1, 1)) == {"1": ("Kelp", True)}


def test_a_student_of_two_systems_is_two_rows(world: World, keep: Keep) -> None:
    keep(part("roles", [spell("a", "1", "PA-KELP")]))
    keep(part("roles", [spell("a", "1", "PA-JUN")]), source="tests")
    assert lake.collect(rosters.students()).height == 2


def test_a_place_has_its_own_students_alone(world: World, keep: Keep) -> None:
    keep(
        part("people", [ADA, BEN]),
        part(
            "roles",
            [
                spell("a", "1", "PA-KELP"),
                spell("b", "2", "PA-JUN"),
                {"id": "c", "person": "3", "role": "teacher"},
            ],
        ),
        part(
            "attributes",
            [
                {"person": "1", "name": "Race", "value": "Asian"},
                {"person": "2", "name": "Race", "value": "White"},
            ],
        ),
    )
    (row,) = lake.collect(rosters.students(unit=world.kelp)).iter_rows(named=True)
    assert (row["given_name"], row["grade"]) == ("Ada", "03")
    assert lake.collect(rosters.groups(unit=world.kelp))["group"].to_list() == ["Asian"]
    assert lake.collect(rosters.students(unit=world.port_alder)).height == 2


def test_the_roster_can_be_asked_for_as_it_stood(world: World, keep: Keep) -> None:
    keep(part("roles", [spell("a", "1", "PA-KELP")]))
    before = clock.now()
    keep(part("roles", [spell("b", "2", "PA-KELP")]))
    assert lake.collect(rosters.students()).height == 2
    assert lake.collect(rosters.students(at=before)).height == 1
