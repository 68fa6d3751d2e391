"""The browser of these tests, and how it is told to be quiet."""

import shutil

# The shell is Chromium without its windows: it does the same on the page with less CPU.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")

CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
"""Its program, None where there is none."""

NO_CHROMIUM = "there is no Chromium here (Debian: apt-get install chromium-headless-shell)"

QUIET = [
    # We may be root, and the only pages are ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    # A process that waits for the next site would be started with each tab.
    "--disable-features=SpareRendererForSitePerProcess",
]
