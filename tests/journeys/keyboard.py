"""Doing everything with the keys: reach a thing with Tab, press it, type into it. The mouse is never used."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

# More stops than any page should have; whoever needs more has met a trap.
MOST_STOPS = 150
HAS_FOCUS = "part => part === document.activeElement"
SHOWS_FOCUS = """part => {
  const shown = (one) => one && getComputedStyle(one).outlineStyle !== "none";
  return shown(part) || shown(part.closest("label"));
}"""


@dataclass
class Keys:
    """The keyboard of one person on one page."""

    page: Page

    def reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus, and see that the focus shows."""
        expect(target).to_have_count(1)
        stops = 0
        while not target.evaluate(HAS_FOCUS):
            assert stops < MOST_STOPS, f"Tab never comes to {target}"
            self.page.keyboard.press("Tab")
            stops += 1
        assert target.evaluate(SHOWS_FOCUS), f"the focus does not show on {target}"

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.reach(target)
        self.page.keyboard.press(key)

    def fill(self, target: Locator, text: str) -> None:
        """Type instead of what stands there."""
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def day(self, target: Locator, digits: str) -> None:
        """Type a date the way the browser asks for it: month, day, year."""
        self.reach(target)
        self.page.keyboard.type(digits)

    def choose(self, target: Locator, start: str) -> None:
        """Choose in a list by the beginning of the answer."""
        self.reach(target)
        self.page.keyboard.type(start)
        expect(target.locator("option:checked")).to_contain_text(start)

    def pick(self, group: Locator, answer: str) -> None:
        """Go through the round buttons of one question with the arrow until the answer is marked."""
        wanted = group.get_by_role("radio", name=answer)
        radios = group.get_by_role("radio")
        stops = 0
        while not radios.evaluate_all("all => all.includes(document.activeElement)"):
            assert stops < MOST_STOPS, f"Tab never comes to {group}"
            self.page.keyboard.press("Tab")
            stops += 1
        if not wanted.is_checked() and wanted.evaluate(HAS_FOCUS):
            self.page.keyboard.press("Space")
        for _turn in range(radios.count()):
            if wanted.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        expect(wanted).to_be_checked()
