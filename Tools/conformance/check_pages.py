"""Opens pages of Apus in headless Chromium and uses them as a reader does.

Usage: check_pages.py CHROMIUM FOLDER PAGE...

Every page must open without an error on the console and without a request for anything but itself, and fit 1280
and 400 pixels of width. A model's page must open and close its blocks by buttons, links and the keyboard, and find
nodes; of other pages every fold must open, every text of a chart must stand inside it, tables that say so must
sort, and pictures be there.
Pictures of every page, light and dark, are left in FOLDER. Nothing but Python's own library is needed: the
browser is spoken to over a pipe (its DevTools protocol).
"""

import base64
import itertools
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time


class Browser:
    """Headless Chromium, and one page in it."""

    def __init__(self, program):
        ours_out, theirs_in = os.pipe()[::-1]
        ours_in, theirs_out = os.pipe()
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # Descriptors 3 and 4 are where the browser reads and writes.
        command = (
            f'exec "$0" --headless --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe'
            f' --no-first-run --user-data-dir="$1" 3<&{theirs_in} 4>&{theirs_out}')
        self.process = subprocess.Popen(
            ["bash", "-c", command, program, self.profile.name], pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.output, self.input, self.rest = ours_out, ours_in, b""
        self.numbers, self.events, self.session = itertools.count(1), [], None
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    def message(self, seconds=60):
        end = time.monotonic() + seconds
        while b"\0" not in self.rest:
            if not select.select([self.input], [], [], max(end - time.monotonic(), 0))[0]:
                raise RuntimeError("Chromium does not answer")
            part = os.read(self.input, 1 << 20)
            if not part:
                raise RuntimeError("Chromium ended")
            self.rest += part
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def __call__(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, address, width):
        self.events = []
        self("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
             mobile=False)
        self("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def value(self, expression):
        result = self("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def press(self, key, code, text=""):
        for kind in ("keyDown", "keyUp"):
            self("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text,
                 windowsVirtualKeyCode=code)

    def picture(self, path):
        data = self("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self):
        self.session = None
        self("Browser.close")
        self.process.wait(30)


def complaints(browser, address):
    """What the page asked for, and what it had to complain about."""
    for event in browser.events:
        method, given = event.get("method"), event.get("params", {})
        # Pictures inside the page are requests that no network sees.
        if (method == "Network.requestWillBeSent" and given["request"]["url"] != address
                and not given["request"]["url"].startswith("data:image/jpeg;base64,")):
            yield f"asks for {given['request']['url']}"
        if method == "Runtime.exceptionThrown":
            yield f"throws {given['exceptionDetails']}"
        if method == "Log.entryAdded" and given["entry"]["level"] in ("warning", "error"):
            yield f"logs {given['entry']['text']}"
        if method == "Runtime.consoleAPICalled":
            yield f"prints {given['args']}"
        if method == "Page.javascriptDialogOpening":
            yield f"opens a dialog: {given['message']}"


def check_sorting(browser):
    """Sentences about tables that do not sort: every heading is clicked twice."""
    sorted_by = """[...document.querySelectorAll('table.sortable')].flatMap((table, number) =>
      [...table.tHead.rows[0].cells].flatMap((head, column) => ['first', 'second'].flatMap(turn => {
        const before = table.tBodies[0].rows.length;
        head.firstElementChild.click();
        const isNumber = head.classList.contains('number');
        const keys = [...table.tBodies[0].rows].map(row => row.cells[column].textContent.trim());
        const values = isNumber
          ? keys.map(key => parseFloat(key.replaceAll(',', ''))).filter(key => !Number.isNaN(key)) : keys;
        const falls = head.getAttribute('aria-sort') === 'descending';
        const inOrder = values.every((value, place) => place === 0 || (isNumber
          ? (falls ? values[place - 1] >= value : values[place - 1] <= value)
          : (falls ? values[place - 1].localeCompare(value) >= 0
                   : values[place - 1].localeCompare(value) <= 0)));
        const whole = keys.length === before && falls === ((turn === 'first') === isNumber);
        return inOrder && whole ? [] : [`table ${number} does not sort by ${head.textContent}, ${turn} click`];
      })))"""
    return browser.value(sorted_by)


def check_charts(browser, width, expect):
    """Opens every fold; charts must have room for their texts, and texts must be large enough to read."""
    browser.value("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    expect(f"fits {width} pixels with everything open",
           "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    texts = "[...document.querySelectorAll('svg text')]"
    expect(f"texts outside of their charts at {width}", f"""{texts}.filter(text => {{
        const inner = text.getBoundingClientRect(), outer = text.closest('svg').getBoundingClientRect()
        return inner.left < outer.left - 1 || inner.right > outer.right + 1
          || inner.top < outer.top - 2 || inner.bottom > outer.bottom + 2
      }}).map(text => text.textContent).join('; ')""", "")
    expect(f"texts under 9 pixels at {width}", f"""{texts}.filter(text => {{
        const box = text.closest('svg').viewBox.baseVal
        const scale = box && box.width ? text.closest('svg').getBoundingClientRect().width / box.width : 1
        return parseFloat(getComputedStyle(text).fontSize) * scale < 9
      }}).length""", 0)
    expect("links that lead nowhere", """[...document.querySelectorAll('a[href^="#"]')]
      .filter(link => !document.getElementById(link.getAttribute('href').slice(1))).length""", 0)


def check(browser, page, folder):
    """Sentences about what is wrong with the page."""
    address = page.resolve().as_uri()
    wrong = []

    def expect(what, expression, wanted=True):
        seen = browser.value(expression)
        if seen != wanted:
            wrong.append(f"{what}: {seen!r} instead of {wanted!r}")

    for width, scheme in ((400, "dark"), (1280, "light")):
        browser("Emulation.setEmulatedMedia",
                features=[{"name": "prefers-color-scheme", "value": scheme}])
        start = time.monotonic()
        browser.open(address, width)
        seconds = time.monotonic() - start
        if seconds > 5:
            wrong.append(f"opens in {seconds:.1f} s")
        expect(f"fits {width} pixels",
               "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        browser.picture(folder / f"{page.stem}-{width}-{scheme}.png")
        if not browser.value("!!document.getElementById('blocks')"):
            check_charts(browser, width, expect)
    if not browser.value("!!document.getElementById('blocks')"):
        expect("shows every picture", "[...document.images].every(image => image.naturalWidth > 0)")
        wrong += check_sorting(browser)
        return wrong + list(complaints(browser, address))
    count = "document.querySelectorAll('#blocks {}').length".format
    click = "document.getElementById('{}').click()".format
    blocks, nodes = browser.value(count("details.block")), browser.value(count("details.node"))
    if not nodes:
        wrong.append("shows no nodes")
    expect("starts closed", count("details[open]"), 0)
    browser.value(click("open-blocks"))
    expect("opens all blocks", count("details[open]"), blocks)
    expect("shows every node", "[...document.querySelectorAll('.node > summary')]"
           ".every(node => node.offsetHeight > 0)")
    browser.picture(folder / f"{page.stem}-open.png")
    browser.value(click("open-all"))
    expect("opens everything", count("details[open]"), blocks + nodes)
    expect("fits with everything open",
           "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    browser.value(click("close-all"))
    expect("closes everything", count("details[open]"), 0)
    # The sums a reader could make.
    for key in ("parameters", "macs"):
        total = "[...document.querySelectorAll('{}')].reduce((sum, part) => sum + +part.dataset.{}, 0)"
        expect(f"blocks sum to the nodes' {key}", total.format("#blocks > .block", key),
               browser.value(total.format(".node", key)))
    # A link of the drawing, by the keyboard.
    browser.value("document.querySelector('.graph a').focus()")
    browser.press("Enter", 13, "\r")
    browser.value("new Promise(done => setTimeout(done, 100))")
    time.sleep(0.3)
    expect("a link opens its block", "document.getElementById('b0').open")
    expect("a link leads to its block", "document.activeElement.parentElement.id", "b0")
    browser.press("Enter", 13, "\r")
    expect("a key closes a block", "document.getElementById('b0').open", False)
    find = "search.value = {}; search.dispatchEvent(new Event('input'))".format
    shown = "[...document.querySelectorAll('.node')].filter(node => !node.hidden).length"
    operator = browser.value("document.querySelector('.node .name b').textContent")
    same = browser.value(
        "[...document.querySelectorAll('.node')].filter(node => node.querySelector('.name')"
        f".textContent.toLowerCase().includes({json.dumps(operator.lower())})).length")
    browser.value(find(json.dumps(operator)))
    if browser.value(shown) < same:
        wrong.append(f"the search for {operator} misses nodes")
    browser.value(find("'no such node'"))
    expect("finds nothing", shown, 0)
    expect("says so", "found.textContent", f"0 of {nodes} nodes")
    browser.value(find("''"))
    expect("shows all again", shown, nodes)
    expect("closes what the search opened", count("details[open]"), 0)
    return wrong + list(complaints(browser, address))


def main():
    program, folder, *pages = sys.argv[1:]
    folder = pathlib.Path(folder)
    browser = Browser(program)
    failed = 0
    for page in map(pathlib.Path, pages):
        wrong = check(browser, page, folder)
        failed += bool(wrong)
        size = page.stat().st_size // 1024
        print(f"{'FAILED' if wrong else 'ok':8}{page.name} ({size} KiB)", flush=True)
        for sentence in wrong:
            print(f"{'':8}{sentence}", flush=True)
    browser.close()
    print(f"pages: {len(pages) - failed} ok, {failed} FAILED")
    return 1 if failed or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
