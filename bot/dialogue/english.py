"""How an English clause is read: the act comes before its object."""

from bot.dialogue.rules import CANNOT_PAY, Grammar, Rule, Weight, rule
from bot.dialogue.vocabulary import Intent

# One letter for each kind of word; kinds without a letter say nothing.
LETTERS = {
    "message": "O", "pronoun": "i", "send": "V", "sending": "v", "channel": "C", "other": "T",
    "utility": "1", "matter": "2", "idiom": "I",
    "stop": "S", "out": "Q", "do_not_send": "z", "refusal": "X", "negation": "N",
    "dislike": "D", "start": "G",
    "undo": "K", "how": "q", "reproach": "r", "state": "s", "repeat": "k", "debt": "B",
    "how_much": "M", "pay": "Y", "means": "L",
    "paid": "P", "future": "F", "wait": "w", "day": "d", "hardship": "Z", "trouble": "5",
    "agent": "a", "wrong": "x", "help": "h", "agree": "y", "disagree": "n", "japanese": "j",
    "english": "l", "gap": "g", "apart": "g", "thing": "g", "amount": "Y",
}  # fmt: skip

STOPPING: tuple[Rule, ...] = (
    rule("a stop is undone", r"[SQs].*K|K.*[SQs]", Intent.START, Weight.QUESTION),
    rule("how to stop", r"q.*[SQ]", Intent.HELP, Weight.QUESTION),
    rule("a stop is not wanted", r"[ND][^.X]{0,3}[SQ]", Intent.STOP, Weight.DOUBT),
    rule("another thing is stopped",
         r"[TI12][gBMd]*S(?![OvV]) | S[gNBdi]*[TBYPLI12] | ^[^S]*I[^S]*$",
         Intent.OTHER, Weight.NOTHING),
    rule("a stop in the past", r"[sk].*[SQ]", Intent.STOP, Weight.DOUBT),
    rule("out of something else", r"Q[^OvV]*[TCBLY12]", Intent.STOP, Weight.DOUBT),
    rule("out", r"Q", Intent.STOP, Weight.REQUEST),
    rule("do not send", r"z(?![OvVi]*[gTCBLYPIa125])", Intent.STOP, Weight.REQUEST),
    rule("do not send something else", r"z", Intent.STOP, Weight.DOUBT),
    rule("stop our texts", r"S[CdaGi]*g?[CvVO]*[OvV]", Intent.STOP, Weight.REQUEST),
    rule("do not send", r"[ND]i?g?[CvVO]*[vVO](?![TBLY12])", Intent.STOP, Weight.REQUEST),
    rule("no texts", r"n[gV]?O", Intent.STOP, Weight.REQUEST),
    rule("stop", r"^[XynxaPCOivkr]*S[XynPxSi]*$", Intent.STOP, Weight.WISH),
    rule("something like a stop", r"S|[ND]C", Intent.STOP, Weight.DOUBT),
    rule("start not wanted", r"[NDn].*G", Intent.STOP, Weight.DOUBT),
    rule("start another thing", r"q.*G | ^[^OvV]*G[^OvV]*[T12BLYMP][^OvV]*$", Intent.OTHER,
         Weight.NOTHING),
    rule("please start", r"^[^qsT12]*G(?!g)", Intent.START, Weight.QUESTION),
    rule("still sending", r"[kr][^T12IBYL]*[OvV]|^[^T12IBYL]*k[^T12IBYL]*$", Intent.STOP,
         Weight.HINT),
    rule("refusal", r"^[^T12I]*X[^T12I]*$", Intent.STOP, Weight.HINT),
    rule("status", r"^s+$", Intent.STOP, Weight.HINT),
)  # fmt: skip

TOPICS: tuple[Rule, ...] = (
    rule("a matter for a person", r"5 | [SQs][^.]*[12] | [12][^.]*[Ss] | [NF][^.]*1", Intent.AGENT,
         Weight.TOPIC),
    rule("paid", r"(?<![Nq])P", Intent.PAID, Weight.TOPIC),
    rule("the wrong person", r"x", Intent.WRONG, Weight.TOPIC),
    rule(CANNOT_PAY, r"Z(?![^Z]*[wd])", Intent.AGENT, Weight.TOPIC),
    rule("asks for time", r"w", Intent.PROMISE, Weight.TOPIC),
    rule("pays later", r"(?=.*Y)(?:[FYD][^BMqL]*d|d.*[FY])", Intent.PROMISE, Weight.TOPIC),
    rule(CANNOT_PAY, r"Z", Intent.AGENT, Weight.TOPIC),
    rule("wants a person", r"a|Ca?", Intent.AGENT, Weight.TOPIC),
    rule("how to pay", r"L", Intent.PAY, Weight.TOPIC),
    rule("how much", r"M|B(?!.*Y)|q.*B", Intent.BALANCE, Weight.TOPIC),
    rule("wants to pay", r"^[^S]*Y", Intent.PAY, Weight.TOPIC),
    rule("how to", r"h", Intent.HELP, Weight.TOPIC),
    rule("Japanese", r"j", Intent.LANG_JA, Weight.TOPIC),
    rule("English", r"l", Intent.LANG_EN, Weight.TOPIC),
    rule("no", r"^[.y]*n[^y]*$", Intent.NO, Weight.HINT),
    rule("yes", r"^y[^nN]*$", Intent.YES, Weight.HINT),
)  # fmt: skip

GRAMMAR = Grammar(LETTERS, "joint", STOPPING, TOPICS, ours="OQVvi", others="T25")
