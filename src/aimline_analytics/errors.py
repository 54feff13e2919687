"""The one error the library raises on purpose."""

from __future__ import annotations


class AnalyticsError(ValueError):
    """Input that cannot be analysed.

    Attributes
    ----------
    what : str
        What is wrong.
    where : str
        The argument, and the position in it when there is one.
    remedy : str
        What to do about it.
    """

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}. {remedy}.")
        self.what = what
        self.where = where
        self.remedy = remedy
