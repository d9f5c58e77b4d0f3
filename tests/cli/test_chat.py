"""`henji chat` and `talk`: whole conversations over the same path as an SMS."""

from pathlib import Path

import pytest

from flows import balance
from tests.cli.commands import henji, process
from tests.talk import talk


def test_a_whole_talk_in_japanese() -> None:
    assert talk("残高", "9999", "1234", "はい", "支払い") == [
        ("customer", "残高"),
        ("bot", "【例示商会】ご本人確認のため、お客様番号の下4桁を数字でご返信ください。"),
        ("customer", "9999"),
        (
            "bot",
            "【例示商会】ご本人確認ができませんでした。あと4回ご入力いただけます。"
            "お客様番号の下4桁をご返信ください。",
        ),
        ("customer", "1234"),
        (
            "bot",
            "【例示商会】○時点のご請求残高は12,800円です。お支払いは「支払い」とご返信ください。"
            "行き違いの際はご容赦ください。",
        ),
        (
            "bot",
            "【例示商会】今後SMSでご案内をお送りしてもよろしいでしょうか。"
            "「はい」か「いいえ」でご返信ください（停止は「配信停止」）。",
        ),
        ("customer", "はい"),
        (
            "bot",
            "【例示商会】ご登録ありがとうございます。停止は「配信停止」か"
            " https://sms.example.com/o/…",
        ),
        ("customer", "支払い"),
        ("bot", "【例示商会】お支払いはこちら:https://sms.example.com/p/… 期限○"),
    ]


def test_a_talk_with_one_flow_alone_in_english() -> None:
    said = talk(balance.flow, "balance", "1234", language="en")

    assert [who for who, _ in said] == ["customer", "bot", "customer", "bot"]
    assert "¥12,800" in said[-1][1]


def test_each_talk_begins_afresh() -> None:
    assert talk("残高") == talk("残高")


def test_after_a_stop_there_is_silence_until_a_start() -> None:
    said = talk("配信停止", "残高", "配信停止", "配信開始")

    speakers = ["customer", "bot", "customer", "customer", "customer", "bot"]
    assert [who for who, _ in said] == speakers


@pytest.mark.parametrize(("language", "text"), [("ja", "！！！"), ("en", "!!!")])
def test_a_talk_begins_in_the_language_it_is_asked_to(language: str, text: str) -> None:
    answer = talk(text, language=language)[-1][1]

    assert ("ヘルプ" in answer) == (language == "ja")


def test_texts_may_be_piped_in_and_the_company_keeps_its_name() -> None:
    environment = {"HENJI_BRAND_EN": "Example Co."}

    ended = henji("chat", "--lang", "en", given="balance\r\n1234\n", environment=environment)

    said = ended.out.splitlines()
    assert (ended.status, ended.err) == (0, "")
    assert said[0] == "> balance"
    assert said[1].startswith("< Example Co.: ")
    assert said[2] == "> 1234"


def test_a_talk_survives_what_no_terminal_would_send() -> None:
    ended = henji("chat", given=b"\xff\xfe\n\n\0\n" + "長".encode() * 3000 + b"\n")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.count("> ") == 4


def test_a_talk_leaves_nothing_behind(tmp_path: Path) -> None:
    with process("chat", environment={"TMPDIR": str(tmp_path)}) as chat:
        out, err = chat.communicate(b"help\n", timeout=60)

    assert (chat.returncode, err) == (0, b"")
    assert out.count(b"\n") == 2
    assert list(tmp_path.iterdir()) == []
