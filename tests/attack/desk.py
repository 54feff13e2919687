"""A measure about drawn students in the world of named people, released and read the way outsiders read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from aimline.access.actions import tokens, units
from aimline.access.tokens import new_secret
from aimline.cli.attack import held
from aimline.cli.attack_tables import Cell, Finding, Told, findings
from aimline.core import clock, jobs
from aimline.measures import releases
from aimline.measures.actions import define_measure, keep_count
from aimline.measures.lattice import Key
from aimline.measures.models import ALL, Measure, Series
from aimline.measures.points import PointRow
from aimline.org.models import Unit, UnitKind
from aimline.reports.exports import EXPORTS
from aimline.reports.tables import csv_parts
from aimline.reports.wishes import Audience, Noun, Wish
from tests.attack.districts import Student, counted
from tests.world import World

PERIOD, TODAY = "2026-09", date(2026, 11, 20)
# A number that no layout, address or neighbour could hold by accident.
SECRET = 41.739
RECIPE = {"recipe": "attendance-rate", "kind": "attendance", "choices": {}, "by": [], "days": "recorded"}
FACTS: dict[str, Any] = {"kind": "driver", "better": "up", "scale": "percent", "rhythm": "month"}


@dataclass
class Desk:
    world: World
    places: dict[str, Unit]
    recipe: dict[str, Any] = field(default_factory=lambda: dict(RECIPE))
    measures: dict[str, Measure] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, world: World) -> Desk:
        fourth = units.add(
            world.three_forks, world.operator, name="Fourth", code="TF-4", kind=UnitKind.SCHOOL
        )
        schools = (world.kelp, world.bitter_creek, world.juniper, fourth)
        places = {"state": world.state, "north": world.port_alder, "south": world.three_forks}
        return cls(world, places | {f"s{number}": school for number, school in enumerate(schools)})

    def measure(self, code: str = "M", **facts: Any) -> Measure:
        if code not in self.measures:
            given = {**FACTS, "name": f"Measure {code}", "recipe": self.recipe, **facts}
            self.measures[code] = define_measure(self.world.state, self.world.operator, code=code, **given)
        return self.measures[code]

    def count(self, students: Iterable[Student], period: str = PERIOD, code: str = "M") -> None:
        """Count a measure again, as is done after every load."""
        measure = self.measure(code)
        kept = [each for each in self.rows(measure) if each.period != period]
        told = counted(students)
        rows = [self._row(measure, key, period, said.parts[0], said.n) for key, said in told.items()]
        with clock.standing_on(TODAY):
            keep_count(measure, self.world.operator, rows=[*kept, *rows])

    def average(self, students: Iterable[Student], code: str) -> None:
        """Count an average that is a secret wherever it is of few students."""
        measure = self.measure(code, scale="mean")
        rows = []
        for key, said in counted(students).items():
            row = self._row(measure, key, PERIOD, 0, said.n)
            value = SECRET if said.n < 10 else 70.5
            rows.append(replace(row, value=value, numerator=None, denominator=None))
        with clock.standing_on(TODAY):
            keep_count(measure, self.world.operator, rows=rows)

    def rows(self, measure: Measure) -> list[PointRow]:
        """The points of a measure as they are held."""
        found = Series.objects.filter(measure=measure).select_related("unit")
        return [
            PointRow(
                one.unit,
                measure,
                point.period,
                one.group,
                one.dimension,
                None,
                point.numerator,
                point.n,
                point.n,
            )
            for one in found
            for point in one.points.all()
        ]

    def _row(self, measure: Measure, key: Key, period: str, top: int, n: int) -> PointRow:
        dimension = " \u00d7 ".join(name for name, _group in key.groups)
        group = ", ".join(group for _name, group in key.groups) or ALL
        unit = self.places[key.path.strip("/").split("/")[-1]]
        return PointRow(unit, measure, period, group, dimension, None, top, n, n)

    def release(self, on: date = TODAY) -> None:
        """Do the work that waits."""
        with clock.standing_on(on):
            jobs.run_worker(lambda: False, until_idle=True)

    def release_again(self) -> None:
        with clock.standing_on(TODAY):
            releases.make(one.pk for one in self.measures.values())

    def attacked(self, who: str | None = None) -> list[Finding]:
        """What follows from what this person sees, or the public."""
        table, truth = held(self.world.state, self.world.people[who].email if who else None)
        return findings([table], truth)

    def seen(self, who: str | None = None) -> dict[Cell, Told]:
        table, _truth = held(self.world.state, self.world.people[who].email if who else None)
        return dict(table)

    def truth(self) -> dict[Cell, Told]:
        _table, truth = held(self.world.state, None)
        return dict(truth)

    def hand_out_tokens(self, *people: str) -> None:
        for who in people:
            self.secrets[who] = new_secret()
            person = self.world.people[who]
            tokens.make_token(person, person, label="reader", secret=self.secrets[who])

    # The channels ------------------------------------------------------------------------------------------------

    def client(self, who: str | None) -> Client:
        client = Client()
        if who:
            client.force_login(self.world.people[who])
        return client

    def call(self, who: str, path: str, **params: Any) -> Any:
        """Ask the API with a token."""
        headers = {"Authorization": f"Bearer {self.secrets[who]}"}
        return self.client(None).get(f"/api/v1{path}", params, headers=headers)

    def public_file(self) -> str:
        table, wish = EXPORTS[Noun.POINTS], Wish(self.world.state, Audience.PUBLIC)
        return b"".join(csv_parts(table.columns, table.rows(wish))).decode()

    def series(self) -> Iterator[Series]:
        yield from Series.objects.for_page().filter(measure__in=self.measures.values())


def address(one: Series, name: str = "show", *more: str) -> str:
    return reverse(f"measures:{name}", args=[one.pk, *more])


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
