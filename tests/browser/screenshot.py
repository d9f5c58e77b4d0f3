"""`make screenshot`: the README's picture, of a real conversation with a demo of its own."""

import tempfile
from pathlib import Path

from bench.processes import free_port
from bot.settings import ROOT
from tests.browser.browsing import HandsetPage, Screen, browser, opened
from tests.e2e.demo import Demo

PICTURE = ROOT / "docs" / "images" / "handset.png"
# High enough for the whole conversation from 残高 on.
SCREEN = Screen(420, 990, scale=2, touch=True)


def main() -> None:
    """Have the conversation and photograph it."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder) / "var", "--port", str(free_port()))
        try:
            photograph(demo.address())
        finally:
            demo.kill()
    print(PICTURE.relative_to(ROOT))


def photograph(address: str) -> None:
    """Ask for the balance, pay it, and keep what the phone shows."""
    with browser() as chrome, opened(chrome, address, "ja-JP", SCREEN) as page:
        handset = HandsetPage(page)
        handset.pick("山田 花子")
        # Consent is settled first, above what the picture shows.
        handset.tap("はい")
        handset.tap("はい")
        handset.tap("残高")
        handset.tap("1234")
        handset.tap("支払い")
        handset.pay("1234", "12,800円")
        handset.theirs().filter(has_text="お支払いを確認").wait_for()
        page.locator('.message:not([data-tick="delivered"])').first.wait_for(state="detached")
        page.screenshot(path=PICTURE, animations="disabled")


if __name__ == "__main__":
    main()
