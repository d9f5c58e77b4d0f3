"""The customers of the benchmark: invented names, sealed, and what they are found by."""

import random
from collections.abc import Iterator
from functools import cache, partial

from bot.overview import names
from bot.store.crypto import Vault

_FAMILIES = (
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤"
    " 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上"
    " 遠藤 青木 坂本 小鳥遊 勅使河原 五百旗頭"
)
_GIVEN = (
    "花子 太郎 次郎 三郎 美咲 陽菜 結衣 葵 翔太 大輔 健一 直樹 恵子 幸子 和子 久美子 裕子 真由美"
    " 智子 由美 陽翔 蓮 湊 律 樹 悠真 朝陽 碧 颯真 蒼 紬 凛 芽依 咲良 莉子 詩 杏 澪 結菜 千代"
)
# One of so many contacts is a customer that we know.
ONE_IN = 3
ACCOUNTS = (
    "accounts (id, number, customer_number, customer_number_index, name, due_minor, currency,"
    " updated_at, created_at)"
)
_SAME = (12_800, "JPY", "2026-01-01Z", "2026-01-01Z")


def number(person: int) -> str:
    """The invented mobile number of a contact, by its id."""
    return f"+8190{person:08}"


def customer_number(person: int) -> str:
    """The customer number of a contact that we know."""
    return f"{20_000_000 + person}"


@cache
def name(person: int) -> str:
    """Their name: few family names are borne by many."""
    chance = random.Random(person)  # noqa: S311 - the same names in every run
    families = _FAMILIES.split()
    place = min(int(chance.expovariate(0.12)), len(families) - 1)
    return f"{families[place]} {chance.choice(_GIVEN.split())}"


class Customers:
    """Rows of `accounts` and of `name_terms`; a name is sealed and hashed once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._sealed = cache(vault.seal)
        self._hashes = cache(partial(names.hashes, vault))

    def account(self, person: int) -> tuple[object, ...]:
        """The columns of ACCOUNTS."""
        known, sealed = customer_number(person), self._sealed(name(person))
        index, hidden = self._vault.index(known), self._sealed("20000000")
        return person // ONE_IN, number(person), hidden, index, sealed, *_SAME

    def terms(self, person: int) -> Iterator[tuple[str, int]]:
        """Hashed pair of letters, account."""
        return ((term, person // ONE_IN) for term in self._hashes(name(person)))
