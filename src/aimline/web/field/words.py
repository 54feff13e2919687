"""Every sentence the scripts of this room may say, in the reader's language. They fill the blanks."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

ONE, MANY = 1, 2


def said() -> dict[str, str]:
    return {**_of_the_bar(), **_of_forms(), **_of_the_clock(), **_of_the_list()}


def counted() -> dict[str, list[str]]:
    """Each sentence for one and for many."""
    return {
        "wait": _both(
            lambda n: ngettext("%(count)s form waits to be sent.", "%(count)s forms wait to be sent.", n)
        ),
        "waitForms": _both(lambda n: ngettext("%(count)s form", "%(count)s forms", n)),
        "waitPhotos": _both(lambda n: ngettext("%(count)s picture", "%(count)s pictures", n)),
        "sending": _both(lambda n: ngettext("Sending %(count)s form…", "Sending %(count)s forms…", n)),
        "stuck": _both(
            lambda n: ngettext(
                "%(count)s form was not accepted. It is still here: look at it under Take along.",
                "%(count)s forms were not accepted. They are still here: look at them under Take along.",
                n,
            )
        ),
        "sent": _both(
            lambda n: ngettext(
                "%(count)s form was sent and has arrived, at %(time)s.",
                "%(count)s forms were sent and have arrived, the last at %(time)s.",
                n,
            )
        ),
        "lockedOwn": _both(
            lambda n: ngettext(
                "%(count)s form of yours is on this device, locked and not sent. Sign in to open it.",
                "%(count)s forms of yours are on this device, locked and not sent. Sign in to open them.",
                n,
            )
        ),
        "lockedOthers": _both(
            lambda n: ngettext(
                "%(count)s form of somebody else is on this device, locked and not sent. It opens when that person "
                "signs in here.",
                "%(count)s forms of somebody else are on this device, locked and not sent. They open when that person "
                "signs in here.",
                n,
            )
        ),
        "askLeave": _both(
            lambda n: ngettext(
                "%(count)s form on this device was not sent. Signing out deletes it for good.",
                "%(count)s forms on this device were not sent. Signing out deletes them for good.",
                n,
            )
        ),
    }


def _both(say: Callable[[int], str]) -> list[str]:
    return [say(ONE), say(MANY)]


def _of_the_bar() -> dict[str, str]:
    return {
        "offline": _("No network."),
        "busy": _("The server cannot take forms just now. It is tried again."),
        "signin": _("Sign in again to send. Everything is still on this device."),
        "saved": _("Saved on this device, last at %(time)s."),
        "nothing": _("Nothing waits to be sent."),
        "waitBoth": _("%(forms)s and %(photos)s wait to be sent."),
        "notSaved": _("The last change could not be saved. It is still on this page: change it once more."),
        "full": _(
            "There is no room left on this device. What was saved before is safe. Send what waits, or delete something "
            "from the device, then go on."
        ),
        "fullPhoto": _(
            "There is no room left for this picture. Everything else is saved. Send what waits, then add it again."
        ),
        "failed": _("This device could not read what it holds. Load the page again."),
        "clockWrong": _(
            "The clock of this device is wrong: it says %(day)s, %(time)s. What you send counts on the day it arrives; "
            "the times of your notes come from this clock."
        ),
    }


def _of_forms() -> dict[str, str]:
    return {
        "locked": _("This form is locked. Sign in on this device, with a network, to open it."),
        "elsewhere": _("This form is open in another tab or window. Write in one of them only."),
        "unable": _(
            "This browser cannot keep forms on the device. Use a current browser, at an address that begins with https."
        ),
        "needed": _("Please answer this one."),
        "number": _("Write a number here, for example 12."),
        "whole": _("A count is a whole number."),
        "fewer": _("One fewer: %(name)s"),
        "more": _("One more: %(name)s"),
        "picture": _("Picture %(number)s"),
        "removePicture": _("Remove picture %(number)s"),
        "enough": _("There is room for %(most)s pictures here."),
        "unreadable": _("This file is not a picture in JPEG, PNG or WebP. Choose another."),
        "heic": _(
            "This browser cannot read pictures in HEIC. In the settings of the camera choose the most compatible "
            "format and take it again, or add a screenshot of the picture."
        ),
        "closed": _("It arrived after this was closed. Save a copy, and ask the person who asked you."),
        "refused": _("It was not accepted. Save a copy, and ask the person who asked you."),
        "copyOf": _("As it was on the device, %(day)s, %(time)s."),
    }


def _of_the_clock() -> dict[str, str]:
    return {
        "clockStart": _("Start the clock"),
        "clockPause": _("Pause the clock"),
        "clockGoOn": _("Let it go on"),
        "clockBefore": _("Start the clock when the lesson starts. It says which moment to mark."),
        "clockNow": _("Moment %(from)s: look around and mark what you see. The next one is at %(to)s."),
        "clockOver": _("All moments have passed. Look them through below."),
        "clockAll": _("All moments: %(marked)s of %(all)s are marked"),
    }


def _of_the_list() -> dict[str, str]:
    return {
        "noAbout": _("A form without a title"),
        "state_open": _("Being written. Last saved %(day)s, %(time)s."),
        "state_waiting": _("Finished %(day)s, %(time)s. It waits to be sent."),
        "sentLine": _("%(name)s: arrived %(day)s, %(time)s"),
        "kept": _("Kept on this device. It opens without a network."),
        "notKept": _("Not on this device yet."),
        "keeping": _("Fetching it…"),
        "keepFailed": _("It could not be fetched. Check the network and try again."),
        "askDelete": _("Delete this form from the device? It was not sent, and nobody can bring it back."),
        "delete": _("Delete it"),
        "leaveDelete": _("Sign out and delete unsent forms"),
        "leaveOffline": _("Signing out needs a network. Nothing was deleted."),
    }
