"""How an English clause is read: the act comes before its object."""

from bot.dialogue.rules import Grammar, Rule, Weight, rule
from bot.dialogue.vocabulary import Intent

# One letter for each kind of word; kinds without a letter say nothing.
LETTERS = {
    "message": "O", "send": "V", "sending": "v", "channel": "C", "other": "T", "idiom": "I",
    "stop": "S", "out": "Q", "refusal": "X", "negation": "N", "dislike": "D", "start": "G",
    "undo": "K", "how": "q", "state": "s", "debt": "B", "how_much": "M", "pay": "Y", "means": "L",
    "paid": "P", "future": "F", "wait": "w", "day": "d", "hardship": "Z", "agent": "a",
    "wrong": "x", "help": "h", "agree": "y", "disagree": "n", "japanese": "j", "english": "l",
    "gap": "g",
}  # fmt: skip

STOPPING: tuple[Rule, ...] = (
    rule("a stop is undone", r"[SQs].*K|K.*[SQs]", Intent.START, Weight.QUESTION),
    rule("how to stop", r"q[^sOvV]*[SQ]", Intent.HELP, Weight.QUESTION),
    rule("a stop is not wanted", r"[ND][^.]*[SQ]", Intent.STOP, Weight.DOUBT),
    rule("another thing is stopped", r"[TI][gBMd]*S(?![OvV]) | S[gNBd]*[TBYPLI] | ^[^S]*I[^S]*$", Intent.OTHER, Weight.NOTHING),
    rule("a stop in the past", r"s.*[SQ]", Intent.STOP, Weight.DOUBT),
    rule("out of something else", r"Q[^OvV]*[TCBLY]", Intent.STOP, Weight.DOUBT),
    rule("out", r"Q", Intent.STOP, Weight.REQUEST),
    rule("stop our texts", r"S[CdaG]*g?[CvVO]*[OvV]", Intent.STOP, Weight.REQUEST),
    rule("do not send", r"[ND]g?[CvVO]*[vVO](?![TBLY])", Intent.STOP, Weight.REQUEST),
    rule("no texts", r"n[gV]?O", Intent.STOP, Weight.REQUEST),
    rule("stop", r"^[XynxaPCO]*S[XynPxS]*$", Intent.STOP, Weight.WISH),
    rule("something like a stop", r"S|[ND]C", Intent.STOP, Weight.DOUBT),
    rule("start not wanted", r"[NDn].*G", Intent.STOP, Weight.DOUBT),
    rule("please start", r"^[^qsT]*G(?!g)", Intent.START, Weight.QUESTION),
    rule("still sending", r"s[g]*[OvV]", Intent.STOP, Weight.HINT),
    rule("refusal", r"X", Intent.STOP, Weight.HINT),
    rule("status", r"^s+$", Intent.STOP, Weight.HINT),
)  # fmt: skip

TOPICS: tuple[Rule, ...] = (
    rule("paid", r"(?<![Nq])P", Intent.PAID, Weight.TOPIC),
    rule("the wrong person", r"x", Intent.WRONG, Weight.TOPIC),
    rule("cannot pay", r"Z(?![^Z]*[wd])", Intent.AGENT, Weight.TOPIC),
    rule("asks for time", r"w", Intent.PROMISE, Weight.TOPIC),
    rule("pays later", r"[FYD][^BMq]*d|d.*[FY]", Intent.PROMISE, Weight.TOPIC),
    rule("wants a person", r"Z|a|Ca?", Intent.AGENT, Weight.TOPIC),
    rule("how to pay", r"L", Intent.PAY, Weight.TOPIC),
    rule("how much", r"M|B(?!.*Y)|q.*B", Intent.BALANCE, Weight.TOPIC),
    rule("wants to pay", r"Y", Intent.PAY, Weight.TOPIC),
    rule("how to", r"h", Intent.HELP, Weight.TOPIC),
    rule("Japanese", r"j", Intent.LANG_JA, Weight.TOPIC),
    rule("English", r"l", Intent.LANG_EN, Weight.TOPIC),
    rule("no", r"^n[.n]*$|^y?N", Intent.NO, Weight.HINT),
    rule("yes", r"^y[^nN]*$", Intent.YES, Weight.HINT),
)  # fmt: skip

GRAMMAR = Grammar(LETTERS, "joint", STOPPING, TOPICS)
