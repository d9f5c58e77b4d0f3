"""What stands in a text without being said by the person: reactions, quotes, our own words."""

import re

# What a telephone writes when somebody taps a reaction on one of our messages.
_REACTION = re.compile(
    r"^\s*(?:Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned|Reacted \S{1,8} to"
    r"|Removed an? [\w ]{1,20} from)\s[“\"‘「]",
    re.IGNORECASE,
)
_REACTION_JA = re.compile(
    r"[”\"’」]\s?(?:を|に|へ)[^”\"’」]{0,24}"
    r"(?:強調|いいね|ハート|よくないね|笑い|疑問|質問|高評価|低評価|リアクション|反応|返しました|取り消し)"
    r"[^”\"’」]{0,10}$"
)
_QUOTED_LINE = re.compile(r"^\s*(?:>|＞|≫|\|).*$", re.MULTILINE)
# Our instructions, forwarded or copied: 停止は「配信停止」とご返信ください, Reply STOP to end.
_INSTRUCTION_JA = re.compile(
    r"[^。\n】「]{0,40}[「『\"“][^」』\"”\n]{1,12}[」』\"”]\s?と(?:だけ)?ご?(?:返信|送信|入力)"
    r"(?:ください|下さい|して|いただ|頂|のうえ)[^。\n]{0,12}。?"
)
_INSTRUCTION_EN = re.compile(
    r"\b(?:reply|text|send|txt) [\"“']?(?:STOP|HELP|END|START|UNSUBSCRIBE|YES)[\"”']? "
    r"(?:to|for) [^.\n“”\"]{1,60}\.?",
    re.IGNORECASE,
)
_QUOTED_INSTRUCTION = re.compile(
    r"[「『“\"][^「」『』“”\"\n]{0,60}(?:返信|reply|text STOP)[^「」『』“”\"\n]{0,60}[」』”\"]",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"\(?(?:[Ss]ent from my [\w ]{1,20}|[Gg]et Outlook for \w{1,10})\)?\.?"
    r"|(?:iPhone|Android)から送信"
    r"|\s[-–—]{1,2}\s?[A-Z][\w.]{0,20}(?: [A-Z][\w.]{0,20}){0,2}\s*$",
)
_ADVICE_EN = re.compile(r"\bMsg ?& ?data rates may apply\.?", re.IGNORECASE)


def is_reaction(text: str) -> bool:
    """Whether the text is a tapped reaction such as Liked “…”, which says nothing by itself."""
    return _REACTION.search(text) is not None or _REACTION_JA.search(text) is not None


def unquoted(text: str) -> str:
    """The text without quoted lines and without instructions that we wrote; may be blank."""
    own = _QUOTED_LINE.sub("", text)
    for echo in (_SIGNATURE, _INSTRUCTION_JA, _QUOTED_INSTRUCTION, _INSTRUCTION_EN, _ADVICE_EN):
        own = echo.sub("\n", own)
    return own
