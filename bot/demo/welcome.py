"""What the demo says once it is up: one address to open, and what to try there."""

_WELCOME = """
  返事 (Henji) が起動しました。ブラウザーで開いてください。
  Henji is up. Open this address in a browser:

      {address}

  山田 花子さんの電話から、順に送ってみてください： はい → 残高 → 1234 → 支払い
  届いたリンクでお支払いを済ませると、受付のお知らせが届きます。
  「ＳＴＯＰ。」で配信が止まり、「配信開始」で再開します。

  From Emily Carter's phone, text one by one: YES, BALANCE, 4321, PAY
  Pay through the link that arrives, and the receipt comes by text.
  STOP ends all messages, START begins them again.

  終了は Ctrl-C です。データは残ります（最初からやり直す： make demo RESET=1）。
  Ctrl-C stops it; the data stays (to begin afresh: make demo RESET=1).
"""


def welcome(address: str) -> str:
    """The text for the terminal."""
    return _WELCOME.format(address=address)
