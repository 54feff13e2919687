from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser import PATIENCE, Site, Visit, Watch, axe, sign_in
from tests.chromium import FLAGS, find

# Shorter than anybody takes to lay a tablet aside.
A_MOMENT = 500
CANARIES = ["zzyzxroom", "quokkanote", "narwhalwords"]
# Everything a page can read of what this device holds, each byte as one letter.
HELD = """async () => {
  const letters = (bytes) => Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join("");
  const told = (asked) => new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const plain = (key, value) =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? letters(value.buffer ?? value) : value;
  const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const database = await told(indexedDB.open(name));
    for (const store of database.objectStoreNames)
      parts.push(JSON.stringify(await told(database.transaction(store).objectStore(store).getAll()), plain));
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      parts.push(request.url, letters(await (await cache.match(request)).arrayBuffer()));
  }
  return parts.join("\\n");
}"""
KEYS = """async () => {
  const told = (asked) => new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  const database = await told(indexedDB.open("aimline-field"));
  const keys = await told(database.transaction("keys").objectStore("keys").getAll());
  database.close();
  return keys.map(({ key }) => key?.extractable ?? "locked");
}"""
# One form, sent as often as a bad network makes a device send it, all at once.
AT_ONCE = """async ([code, submission]) => {
  const { token } = await (await fetch("/field/contact/")).json();
  const answers = { "q.minutes-explaining": ["4"] };
  const body = JSON.stringify({ submission, language: "en", about: submission, answers });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const send = async () => {
    const answer = await fetch(`/field/${code}/forms/`, { method: "POST", headers, body });
    return `${answer.status} ${await answer.text()}`;
  };
  return Promise.all(Array.from({ length: 20 }, send));
}"""


@dataclass
class Tablet:
    """A device of its own: what it holds lies in a folder, and is there again after its browser was killed."""

    site: Site
    browser: Browser
    folder: Path
    watch: Watch
    running: BrowserContext | None = field(default=None)

    def open(self, *, offline: bool = False) -> Page:
        self.running = self.browser.browser_type.launch_persistent_context(
            self.folder,
            executable_path=find(),
            args=FLAGS,
            base_url=self.site.url,
            viewport={"width": 834, "height": 1112},
            locale="en-US",
            has_touch=True,
        )
        self.running.set_default_timeout(PATIENCE)
        self.watch.over(self.running)
        self.running.set_offline(offline)
        return self.running.pages[0]

    def kill(self) -> None:
        """End it as a system does that needs the memory: between two moments, with no word to its pages."""
        if self.running is None:
            return
        for pid in _browsers_in(self.folder):
            os.kill(pid, signal.SIGKILL)
        with suppress(PlaywrightError):
            self.running.close()
        # What it would have taken away itself.
        for left in self.folder.glob("Singleton*"):
            left.unlink()
        self.running = None


def _browsers_in(folder: Path) -> list[int]:
    """The programs that have a profile open; those that they started themselves end with them."""
    started = f"--user-data-dir={folder}".encode()
    told = (
        (path.parent.name, path.read_bytes().split(b"\0")) for path in Path("/proc").glob("[0-9]*/cmdline")
    )
    return [
        int(pid) for pid, words in told if started in words and not any(b"--type=" in word for word in words)
    ]


@pytest.fixture
def tablet(site: Site, browser: Browser, tmp_path: Path) -> Iterator[Tablet]:
    made = Tablet(site, browser, tmp_path / "tablet", Watch(site))
    yield made
    made.kill()
    assert not made.watch.faults, "\n".join(made.watch.faults)


def _asked(principal: Page, observer: str) -> str:
    """The principal asks one observer by name to look into classrooms."""
    name = f"Rooms {uuid4().hex[:6]}"
    if (take := principal.get_by_role("button", name="Use it here")).is_visible():
        take.click()
    principal.goto("/collections/new/")
    principal.get_by_label("What do you ask?").select_option(label="Classroom observation")
    principal.get_by_role("textbox", name="Name").fill(name)
    principal.get_by_label("Opens", exact=True).fill(date.today().isoformat())
    principal.get_by_label("Closes", exact=True).fill((date.today() + timedelta(days=7)).isoformat())
    principal.get_by_role("radio", name=re.compile("^With names")).check()
    principal.get_by_role("radio", name=re.compile("^People by name")).check()
    principal.get_by_role("button", name="Keep the plan").click()
    principal.get_by_role("link", name="Choose people").click()
    principal.get_by_role("checkbox", name=re.compile(observer)).first.check()
    principal.get_by_role("button", name="Ask those ticked").click()
    principal.get_by_role("link", name="Back to the collection").click()
    principal.get_by_role("button", name="Open it").click()
    expect(principal.get_by_role("heading", level=1)).to_have_text(name)
    return name


def _fill(page: Page, number: int, picture: Path) -> None:
    """A form with a choice, notes, a count, a rubric row, own words and a picture."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Classroom observation")
    page.get_by_role("textbox", name="What is this about?").fill(f"zzyzxroom {number}")
    page.get_by_role("radio", name="3 to 5").check()
    for note in range(4):
        page.get_by_role("textbox", name=f"Note {note + 1}", exact=True).fill(f"quokkanote {number}{note}")
    page.get_by_role("group", name=re.compile("^Which open question")).get_by_role("textbox").fill(
        f"narwhalwords {number}"
    )
    page.get_by_role("radio", name=re.compile("^Name the idea")).check()
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.get_by_role("img", name="Picture 1")).to_be_visible()
    expect(_bar(page)).to_contain_text("Saved on this device")


def _follow_the_clock(page: Page) -> None:
    page.get_by_role("button", name="Start the clock").click()
    seen = page.get_by_role("button", name="Listen to or watch the teacher")
    seen.click()
    expect(seen).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(re.compile(r"^All moments: 1 of \d+ are marked$"))).to_be_visible()


def _meet_what_goes_wrong(page: Page) -> None:
    """A picture no browser reads, and the same form in two tabs: said in words, with nothing lost."""
    photo = {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic"}
    page.locator("input[type=file]").set_input_files(photo)
    expect(_bar(page)).to_contain_text("This browser cannot read pictures in HEIC.")
    expect(page.get_by_role("img", name="Picture 1")).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("This form is open in another tab or window.")).to_be_visible()
    other.close()


def _bar(page: Page) -> Locator:
    return page.locator(".syncbar")


def _holds(page: Page, name: str, *people: str) -> list[str]:
    held = page.evaluate(HELD).replace("\0", "")
    # What is kept in the clear is found, so what was typed would be found too.
    assert name in held
    assert "Which open question" in held
    return [word for word in (*CANARIES, *people) if word in held]


def _on_disk(folder: Path, *told: str) -> list[str]:
    """The files in which the browser itself wrote what was typed, or was told."""
    words = [code for word in told or CANARIES for code in (word.encode(), word.encode("utf-16-le"))]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word in path.read_bytes() for word in words)]


def test_three_forms_are_filled_in_without_a_network_and_arrive_once(
    visit: Visit, site: Site, tablet: Tablet, tmp_path: Path
) -> None:
    principal = visit("principal", path="/instruments/library/classroom-observation/")
    picture = tmp_path / "wall.png"
    principal.screenshot(path=picture)
    teacher = site.account("tess")
    people = [account["name"] for account in site.accounts]
    name = _asked(principal, teacher["name"])
    results = principal.url

    # At the office: keep it.
    page = tablet.open()
    sign_in(page, teacher)
    page.goto("/field/")
    row = page.get_by_role("listitem").filter(has_text=name)
    axe(page)
    row.get_by_role("button", name="Keep on this device").click()
    expect(row).to_contain_text("It opens without a network.")
    code = str(row.get_attribute("data-code"))
    axe(page)

    # Out of reach: the first form is finished, the second is being written when the browser is killed.
    page.context.set_offline(True)
    row.get_by_role("link", name="Start a form").click()
    _fill(page, 1, picture)
    _follow_the_clock(page)
    _meet_what_goes_wrong(page)
    expect(_bar(page)).to_contain_text("No network.")
    axe(page)
    page.get_by_role("button", name="Finish and send").click()
    expect(_bar(page)).to_contain_text("1 form and 1 picture wait to be sent.")
    page.goto(f"/field/{code}/")
    _fill(page, 2, picture)
    assert _holds(page, name, *people) == []
    assert page.evaluate(KEYS) == [False]
    page.get_by_role("textbox", name="Note 4", exact=True).press_sequentially(" and more")
    page.wait_for_timeout(A_MOMENT)
    tablet.kill()
    assert _on_disk(tablet.folder, name)
    assert _on_disk(tablet.folder, *CANARIES, *people) == []

    # Days later, still out of reach: everything is there, and a third classroom is seen.
    page = tablet.open(offline=True)
    page.goto("/field/")
    expect(_bar(page)).to_contain_text("1 form and 1 picture wait to be sent.")
    axe(page)
    page.get_by_role("listitem").filter(has_text="zzyzxroom 2").get_by_role("link", name="Open").click()
    expect(page.get_by_role("textbox", name="What is this about?")).to_have_value("zzyzxroom 2")
    expect(page.get_by_role("textbox", name="Note 4", exact=True)).to_have_value("quokkanote 23 and more")
    expect(page.get_by_role("radio", name=re.compile("^Name the idea"))).to_be_checked()
    expect(page.get_by_role("img", name="Picture 1")).to_be_visible()
    page.get_by_role("button", name="Finish and send").click()
    expect(_bar(page)).to_contain_text("2 forms and 2 pictures wait to be sent.")
    page.goto(f"/field/{code}/")
    _fill(page, 3, picture)
    page.get_by_role("button", name="Finish and send").click()
    expect(_bar(page)).to_contain_text("3 forms and 3 pictures wait to be sent.")

    # Back, and signed out meanwhile: nothing is lost, and a colleague who signs in on the tablet reads nothing.
    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(_bar(page)).to_contain_text("Sign in again to send. Everything is still on this device.")
    axe(page)
    sign_in(page, site.account("coach"))
    page.goto("/field/")
    expect(
        page.get_by_text("3 forms of somebody else are on this device, locked and not sent.")
    ).to_be_visible()
    expect(page.get_by_text("zzyzxroom")).to_have_count(0)
    assert "locked" in page.evaluate(KEYS)

    # Who wrote them signs in: they go by themselves, and nothing of them stays.
    page.context.clear_cookies()
    sign_in(page, teacher)
    page.goto("/field/")
    expect(_bar(page)).to_contain_text("3 forms were sent and have arrived")
    expect(_bar(page)).to_contain_text("Nothing waits to be sent.")
    expect(page.get_by_text("zzyzxroom")).to_have_count(0)
    row = page.locator(f"[data-code='{code}']")
    row.get_by_role("button", name="Keep on this device").click()
    expect(row).to_contain_text("It opens without a network.")
    assert _holds(page, name, *people) == []
    submission = str(uuid4())
    answers = page.evaluate(AT_ONCE, [code, submission])
    assert len(set(answers)) == 1, set(answers)
    assert answers[0].startswith("200")

    principal.goto(f"{results}results/")
    for title in ("zzyzxroom 1", "zzyzxroom 2", "zzyzxroom 3", submission):
        expect(principal.get_by_text(title)).to_have_count(1)
