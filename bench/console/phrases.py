"""What is said in the benchmark: invented texts of people, and our replies from the scripts.

Few words are said all the time and most of them seldom, as in any language (Zipf's law).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bot.overview.terms import pairs
from bot.scripts import shipped
from bot.scripts.shipped import LOCALES
from bot.text.language import Language

# From the most frequent on; what is asked for as a frequent, a medium or a rare word stands here.
USUAL = {
    Language.JA: (
        "残高",
        "支払い",
        "はい",
        "ありがとうございます",
        "残高を教えてください",
        "••••",
        "わかりました",
        "ヘルプ",
        "支払いました",
        "いつまでに支払えばいいですか",
        "いいえ",
        "相談したいです",
        "コンビニで支払いたいのですが",
        "来週の金曜日に払います",
        "残高がちがうと思います",
    ),
    Language.EN: (
        "balance",
        "pay",
        "yes",
        "Thank you",
        "What is my balance?",
        "no",
        "I paid yesterday",
        "help",
        "Can I pay on Friday?",
    ),
}
SELDOM = {
    Language.JA: ("解約", "引っ越し", "分割払い", "弁護士", "領収書", "名義変更", "口座振替"),
    Language.EN: ("refund", "receipt", "lawyer", "moved house", "instalments", "cancellation"),
}
_ENDS = {
    Language.JA: (
        "の件です",
        "について教えてください",
        "は可能ですか",
        "をお願いします",
        "はいつですか",
    ),
    Language.EN: (" please", ", can you help?", " is what I mean", ": when?", " - thank you"),
}
# Any two of these make a word that hardly anybody says.
_SIGNS = (
    "桜川松竹梅原田村山森林海岸港島浜坂橋池沢滝岩石砂畑野谷峰丘道路門堂宮寺塔城蔵倉井泉湖沼雪雨風雲霧霜虹星月朝昼夜春夏秋冬"
    "東西南北鶴亀鷹鷲鮎鯛鯉蟹貝花葉枝根種実草苔藤菊蓮椿桃梨栗柿麦米豆茶塩糖酒油紙筆墨絵歌舞笛鼓琴糸布絹綿染織針箱籠傘扇鏡"
)
_SYLLABLES = (
    "ka",
    "mo",
    "ri",
    "zen",
    "tal",
    "bru",
    "nex",
    "osh",
    "vi",
    "dra",
    "pel",
    "quo",
    "sum",
    "wex",
)
_NAMES = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤")
# The share of the first revision of each script, and of the first two.
_REVISIONS = 0.9, 0.99
HEARD, SAID = 60_000, 40_000


@dataclass(frozen=True)
class Phrase:
    """A text with what the search keeps of it; `rank` 1 is said most often in its language.

    `word` is the one in it that hardly anybody else says; `key` and `revision` are a script's.
    """

    language: Language
    rank: int
    body: str
    word: str = ""
    key: str = ""
    revision: str = ""

    @property
    def pool(self) -> str:
        """What it is drawn from."""
        return f"{self.language} {'said' if self.key else 'heard'}"

    @property
    def terms(self) -> list[str]:
        """As `bot.overview.indexing` keeps them."""
        sent = [f"key:{self.key}", f"rev:{self.revision}"] if self.key else []
        return [*pairs(self.body), *sent]


def _rare_word(chance: random.Random, language: Language) -> str:
    """A word that hardly anybody says."""
    if language is Language.JA:
        return "".join(chance.sample(_SIGNS, 3))
    return "".join(chance.choices(_SYLLABLES, k=4))


def heard(language: Language, count: int = HEARD) -> Iterator[Phrase]:
    """What people write, the most frequent first."""
    chance = random.Random(f"heard {language}")  # noqa: S311 - the same texts in every run
    usual = USUAL[language]
    for rank in range(1, count + 1):
        if rank <= len(usual):
            yield Phrase(language, rank, usual[rank - 1])
        else:
            yield _sentence(chance, language, rank)


def _sentence(chance: random.Random, language: Language, rank: int) -> Phrase:
    """A word, one in five times one that is asked for, with something said around it."""
    is_asked = chance.random() < 0.2
    word = chance.choice(SELDOM[language]) if is_asked else _rare_word(chance, language)
    opening = chance.choice(USUAL[language]) if chance.random() < 0.3 else ""
    body = f"{opening} {word}{chance.choice(_ENDS[language])}".strip()
    return Phrase(language, rank, body, "" if is_asked else word)


def said(language: Language, count: int = SAID) -> Iterator[Phrase]:
    """What we answer: few scripts most of the time, each in up to three revisions."""
    chance = random.Random(f"said {language}")  # noqa: S311 - the same texts in every run
    scripts = [one for one in shipped.load([LOCALES]).values() if one.language is language]
    chance.shuffle(scripts)
    weights = [1 / (place + 1) for place in range(len(scripts))]
    for rank in range(1, count + 1):
        script = chance.choices(scripts, weights)[0]
        body = script.text.format_map(_Values(chance))
        yield Phrase(
            language, rank, body, key=script.key, revision=f"{script.key}{_revision(chance)}"[-12:]
        )


def _revision(chance: random.Random) -> int:
    drawn = chance.random()
    return 1 + sum(drawn >= share for share in _REVISIONS)


class _Values(dict[str, str]):
    """Something for every placeholder of a script."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(brand="例示商会", support_phone="0120-000-000")
        self._chance = chance

    def __missing__(self, name: str) -> str:
        if name.endswith("url"):
            return "https://s.example.jp/p/…"
        if name == "amount":
            return f"{self._chance.randrange(1000, 90_000):,}円"
        return self._chance.choice(_NAMES) if "name" in name else str(self._chance.randrange(1, 31))
