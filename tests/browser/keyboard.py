"""Hands that hold nothing but a keyboard, and eyes that want to see where it is.

    keys = Keyboard(page)
    keys.skip_to_content()
    keys.write("Title", "Open the roads")
    keys.press("Begin the letter")

Every stop on the way is looked at: the focus shows, nothing lies over it, it never jumps back.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Download, Page

MOST_STOPS = 250
PATIENCE_SECONDS = 5
OF_PARTS = {"date", "datetime-local"}  # day, month and year are stops of their own
SKIP = "Skip to the content"
# What has the focus, and what is wrong with it; the stop before is remembered in the page.
STOP = """(isBack) => {
  const now = document.activeElement, before = window.stopBefore, wrong = [];
  if (!now || now === document.body) return null;
  window.stopBefore = now;
  const style = getComputedStyle(now), first = now.getClientRects()[0];
  const isShown = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== "none";
  if (!isShown) wrong.push("shows no focus");
  if (!first || first.width < 4 || first.height < 4) wrong.push("has no size");
  else {
    const [x, y] = [first.x + first.width / 2, first.y + Math.min(first.height / 2, 8)];
    const top = document.elementFromPoint(x, y);
    const isSeen = top && (now.contains(top) || top.contains(now) || [...now.labels || []].some(
      (label) => label.contains(top)));
    if (!isSeen) wrong.push(`lies under ${top ? top.outerHTML.slice(0, 80) : "the edge"}`);
  }
  if (before && before !== now && before.isConnected) {
    const [one, two] = isBack ? [now, before] : [before, now];
    const order = one.compareDocumentPosition(two);
    if (!(order & Node.DOCUMENT_POSITION_FOLLOWING)) wrong.push("comes before the last one");
    const [a, b] = [one.getBoundingClientRect(), two.getBoundingClientRect()];
    const isRow = Math.abs(a.top + a.height / 2 - b.top - b.height / 2) < 4;
    if (b.bottom < a.top || (isRow && b.right < a.left)) wrong.push("jumps back on the page");
  }
  const text = (it) => (it?.innerText || "").trim().replace(/\\s+/g, " ");
  return {
    name: now.ariaLabel || text(now.labels?.[0]) || text(now),
    group: now.type === "radio" ? text(now.closest("fieldset")?.querySelector("legend")) : "",
    kind: now.type || now.localName,
    id: now.id, isSame: now === before, isSummary: now.classList.contains("summary"),
    isChecked: Boolean(now.checked), chosen: text(now.selectedOptions?.[0]), wrong,
    html: now.outerHTML.slice(0, 160),
  };
}"""


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that has the focus."""

    name: str
    group: str
    kind: str
    id: str
    is_summary: bool
    is_checked: bool
    chosen: str


class Keyboard:
    """Goes through a page from left to right; fails where somebody could not follow."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops = 0

    def skip_to_content(self) -> None:
        """The first stop of every page leads past what all pages have."""
        assert self._tab().name == SKIP, self.page.url
        self.page.keyboard.press("Enter")

    def reach(self, name: str, *, group: str = "", is_back: bool = False) -> Stop:
        """By Tab, or Shift+Tab, to what is called so; or to the radios of the group."""
        passed: list[str] = []
        while len(passed) < MOST_STOPS:
            stop = self._tab(is_back=is_back)
            if (group and stop.group == group) or (not group and stop.name == name):
                return stop
            assert not (passed and stop.name == SKIP), f"no {name or group} among {passed}"
            passed.append(stop.name)
        raise AssertionError(f"no {name or group} among {passed}")

    def write(self, name: str, text: str) -> None:
        """What stood in the field goes, as with everybody who tabs into one."""
        assert self.reach(name).kind not in {"radio", "checkbox", "submit", "a"}, name
        self.type(text)

    def type(self, text: str) -> None:
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def pick(self, name: str, option: str) -> None:
        """In a list that drops down, by the beginning of what one wants."""
        self.reach(name)
        self.page.keyboard.type(option)
        assert (found := self._here()).chosen == option, found

    def choose(self, group: str, label: str) -> None:
        """One of several round buttons, by the arrows."""
        stop = self.reach("", group=group)
        for _ in range(20):
            if stop.name == label:
                break
            self.page.keyboard.press("ArrowDown")
            stop = self._here()
            assert stop.group == group, f"the arrows lead out of {group}"
        if not stop.is_checked:
            self.page.keyboard.press("Space")
        found = self._here()
        assert (found.is_checked, found.name) == (True, label)

    def press(self, name: str, *, is_back: bool = False) -> None:
        """A button or a link, and wait for where it leads."""
        self.reach(name, is_back=is_back)
        self.enter()

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fetch(self, name: str) -> Download:
        self.reach(name)
        with self.page.expect_download() as fetched:
            self.page.keyboard.press("Enter")
        return fetched.value

    def follow_summary(self, message: str) -> Stop:
        """After a mistake: its summary has the focus at once, and leads to the field."""
        assert self._here().is_summary, self.page.url
        assert self.page.title().startswith("Error:"), self.page.title()
        assert self._tab().name == message
        self.page.keyboard.press("Enter")
        field = self._here()
        assert self.page.url.endswith(f"#{field.id}"), self.page.url
        return field

    def _tab(self, *, is_back: bool = False) -> Stop:
        self.stops += 1
        self.page.keyboard.press("Shift+Tab" if is_back else "Tab")
        seen = self._look(is_back=is_back)
        is_caught = seen["isSame"] and seen["kind"] not in OF_PARTS
        assert not is_caught, f"{self.page.url}: caught in {seen['html']}"
        assert not seen["wrong"], f"{self.page.url}: {seen['html']} {seen['wrong']}"
        return _stop(seen)

    def _here(self) -> Stop:
        return _stop(self._look())

    def _look(self, *, is_back: bool = False) -> dict[str, Any]:
        """A browser gives the focus a moment after the page is there."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not (seen := self.page.evaluate(STOP, is_back)):
            assert time.monotonic() < until, f"{self.page.url}: nothing has the focus"
            time.sleep(0.05)
        return dict(seen)


def _stop(seen: dict[str, Any]) -> Stop:
    names = ("name", "group", "kind", "id")
    said = {name: str(seen[name]) for name in names}
    return Stop(
        **said,
        is_summary=seen["isSummary"],
        is_checked=seen["isChecked"],
        chosen=seen["chosen"],
    )
