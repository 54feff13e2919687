"""What every router is made of: fetch with permission, cut a list into pages, and the values that are taken."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import UUID7, AfterValidator, BaseModel, ConfigDict

from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.core.errors import Conflict, NotFound
from aimline.org.models import Unit

M = TypeVar("M", bound=Model)
T = TypeVar("T")
MOST = 200


def _printable(text: str) -> str:
    if any(ord(sign) < 32 and sign not in "\t\n\r" for sign in text):
        raise ValueError("holds a control character")
    return text


def _near(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise ValueError("must lie between 1900 and 2200")
    return day


Text = Annotated[str, AfterValidator(_printable), Field(max_length=20_000)]
Day = Annotated[date, AfterValidator(_near)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
Whole = Annotated[int, Field(ge=0, le=2_147_483_647)]
# Made by the sender before it sends: the same request again finds the record that the first one made.
NewId = Annotated[UUID7 | None, Field(description="Your own UUID version 7, so that a retry never doubles.")]
Version = Annotated[
    int, Field(ge=0, le=2_147_483_647, description="The version you read; 409 if it has changed since.")
]


class Window(Schema):
    """Which part of a list: at most `limit` records, made after the one that `after` names."""

    after: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST)


class Told(BaseModel):
    """What is told of a record that is long or comes in numbers: read from its attributes, with nothing in between."""

    model_config = ConfigDict(from_attributes=True)


class Page(Told, Generic[T]):
    """A part of a list. `next` is the `after` of the following part; null at the end."""

    items: list[T]
    next: UUID | None


def cut(rows: QuerySet[M], window: Window) -> tuple[list[M], UUID | None]:
    """Return one page in the order in which the records were made, and where the next one begins."""
    wanted = rows.filter(pk__gt=window.after) if window.after else rows
    found = list(wanted.order_by("pk")[: window.limit + 1])
    more = len(found) > window.limit
    return found[: window.limit], found[window.limit - 1].pk if more else None


def get_allowed(request: Request, act: Act, rows: type[M] | QuerySet[M], id: UUID) -> M:
    """Fetch one record if this person may do this act to it. What is not theirs looks like what does not exist."""
    found: QuerySet[M] = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
    row = allowed(request.person, act, found).filter(pk=id).first()
    if row is None:
        raise NotFound
    return row


def get_if_given(request: Request, act: Act, rows: type[M] | QuerySet[M], id: UUID | None) -> M | None:
    return None if id is None else get_allowed(request, act, rows, id)


def get_unit(request: Request, id: UUID) -> Unit:
    return get_allowed(request, Act.VIEW_UNIT, Unit, id)


def here_or_below(
    request: Request, rows: QuerySet[M], unit: UUID | None, path: str = "unit__path"
) -> QuerySet[M]:
    """Keep the records at a unit and below it, where one is given."""
    return rows.filter(**{f"{path}__startswith": get_unit(request, unit).path}) if unit else rows


def ours(row: M, **expected: object) -> M:
    """Refuse an id that already names a record made elsewhere: a retry finds its own record and no other."""
    if any(getattr(row, name) != value for name, value in expected.items()):
        raise Conflict(_("This id already names another record. Make a new one."), code="id_taken")
    return row
