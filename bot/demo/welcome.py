"""What the demo says once it is up: one address to open, and what to try there."""

from collections.abc import Mapping

from bot.demo import people

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

  社内のコンソール / The console for staff:
{console}

  終了は Ctrl-C です。データは残ります（最初からやり直す： make demo RESET=1）。
  Ctrl-C stops it; the data stays (to begin afresh: make demo RESET=1).
"""


_AS = {
    people.OPERATOR: "担当者（パスワードを決めるだけ） / An operator: a password alone",
    people.ADMINISTRATOR: "管理者（認証アプリも必要） / An administrator, with an app",
}


def welcome(phone: str, bot: str, invited: Mapping[str, str]) -> str:
    """The text for the terminal: where the phone and the bot listen, and where who is invited.

    An address at which a password is chosen works once; it is shown here and nowhere else.
    """
    return _WELCOME.format(address=f"{phone}/", console=_console(bot, invited))


def _console(bot: str, invited: Mapping[str, str]) -> str:
    lines = [f"      {bot}/console/"]
    for email, words in _AS.items():
        if email in invited:
            lines += [f"      {words} – {email}:", f"      {bot}{invited[email]}"]
    return "\n".join(lines)
