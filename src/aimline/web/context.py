"""What the chrome of every page shows: the person, the place, the stations of the loop, language and colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from aimline.access.rules import Act, granted_paths
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.web.parts import Link

YEAR = 365 * 24 * 60 * 60
THEME_COOKIE = "theme"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Station:
    """One stop of the loop: where it leads, and which rooms' pages stand at it."""

    key: str
    name: object
    short: object
    icon: str
    url_name: str
    rooms: frozenset[str]

    @property
    def href(self) -> str:
        return _address(self.url_name)


SHORT_WEEK = pgettext_lazy("small screen", "My week")
HOME = Station("week", _("My week"), SHORT_WEEK, "calendar", "week:show", frozenset({"week"}))
UNDERSTAND = frozenset(
    {
        *("places", "frameworks", "students", "instruments", "collections", "reports"),
        *("reviews", "interviews", "samples", "votes"),
    }
)
STATIONS = (
    Station("understand", _("Understand"), _("Understand"), "search", "places:here", UNDERSTAND),
    Station("focus", _("Focus"), _("Focus"), "target", "theory:aims", frozenset()),
    Station("design", _("Design & test"), _("Test"), "test", "cycles:list", frozenset({"theory", "cycles"})),
    Station("know", _("Know"), _("Know"), "chart", "know:show", frozenset({"know", "measures", "imports"})),
    Station("spread", _("Spread"), _("Spread"), "share", "spread:list", frozenset({"spread"})),
)


# Rooms that are not on the way of the loop, for those whose role opens them.
DOORS = (
    (_("Take along"), "field:list", Act.VIEW_PEOPLE),
    (_("Load data"), "imports:list", Act.IMPORT),
    (_("People and teams"), "people:list", Act.VIEW_PEOPLE),
    (_("This installation"), "system:state", Act.VIEW_SYSTEM),
)


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    person: Person | None
    place: Unit | None
    theme: str
    languages: list[Language]
    home: Station
    stations: list[Station]
    station: str
    doors: list[Link]
    here: str

    @property
    def other_theme(self) -> str:
        """The colours the toggle asks for where no script can ask the device."""
        return "light" if self.theme == "dark" else "dark"

    @property
    def after_standing(self) -> str:
        """Where a change of place leads: the list we were at, for the new place; from a single record, my week."""
        return next((stop.href for stop in self.stations if stop.key == self.station), "/")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context processor; built only where a template asks for it."""
    return {"shell": SimpleLazyObject(lambda: build(request))}


def build(request: HttpRequest) -> Shell:
    person = getattr(request, "person", None)
    return Shell(
        person=person,
        place=getattr(request, "place", None),
        theme=theme_of(request, person),
        languages=_languages(),
        home=HOME,
        # A station whose page is not there is left out: no link leads nowhere.
        stations=[station for station in STATIONS if station.href],
        station=_station_of(request),
        doors=_doors(person) if person else [],
        here=request.get_full_path(),
    )


def theme_of(request: HttpRequest, person: Person | None) -> str:
    """The choice made on this device, else the person's own, else none: the device decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    if chosen in THEMES:
        return chosen
    return person.theme if person else ""


def keep_on_device(response: HttpResponseBase, name: str, value: str) -> None:
    """Remember a choice for a year, for whoever uses this browser; nothing chosen forgets it."""
    if value:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure)
    else:
        response.delete_cookie(name, samesite="Lax")


def _languages() -> list[Language]:
    current = get_language()
    codes = [code for code, _name in settings.LANGUAGES]
    return [
        Language(code, get_language_info(code)["name_local"].capitalize(), code == current) for code in codes
    ]


def _doors(person: Person) -> list[Link]:
    open_doors = [(name, _address(url)) for name, url, act in DOORS if granted_paths(person, act)]
    return [Link(name, href) for name, href in open_doors if href]


def _station_of(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    stops = (HOME, *STATIONS)
    itself = next((stop.key for stop in stops if stop.url_name == match.view_name), "")
    return itself or next((stop.key for stop in stops if match.namespace in stop.rooms), "")


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
