"""How a Japanese clause is read: what is it about, what is to happen, and is that meant.

The predicate comes last: [object] [act] [negation, request, question or past].
"""

from bot.dialogue.rules import Grammar, Rule, Weight, rule
from bot.dialogue.vocabulary import Intent

# One letter for each kind of word; kinds without a letter say nothing.
LETTERS = {
    "message": "O", "contact": "W", "sending": "H", "send": "V", "arrive": "r",
    "channel": "C", "other": "T", "idiom": "I",
    "stop": "S", "release": "K", "revoke": "k", "drop": "D", "unneeded": "U", "enough": "u",
    "start": "G", "again": "A", "negation": "N", "forbid": "F", "or_else": "E",
    "please": "R", "want": "t", "how": "q", "state": "s", "ended": "e", "able": "b",
    "mistake": "m", "anger": "X", "case": "o",
    "debt": "B", "how_much": "M", "pay": "Y", "means": "L", "paid": "P", "wait": "w",
    "day": "d", "hardship": "Z", "agent": "a", "phone": "f", "wrong": "x", "help": "h",
    "yes": "y", "no": "n", "japanese": "j", "english": "l", "gap": "g",
}  # fmt: skip

# About stopping. The order is that of the guards: another object, an undoing, a how-to, a
# negation, a status, a question; only what passes them all is a request.
STOPPING: tuple[Rule, ...] = (
    rule("another thing is stopped", r"[TCI][^OHVW]*[SKkDUuGe] | [SKkDUu]s?o*[TCI] | [SU][^O]*I",
         Intent.OTHER, Weight.NOTHING),
    rule("another thing is stopped", r"[TC][^OHV]*W[^OHV]*[SKkDUuG]", Intent.OTHER, Weight.NOTHING),
    rule("another thing is sent", r"[TCLB]o*V[NF]", Intent.OTHER, Weight.NOTHING),
    rule("a payment is stopped", r"[YLPB][^OHVWg]*[SKkDUu]", Intent.OTHER, Weight.NOTHING),
    rule("a stop is undone", r"(?<!g)[SK]o?[SKkDmt]*[Kkm][^NF]*$ | [SKD][ost]*[km][^NF]*$ | m[^SK]*[SK][^F]*A?o*G | m[ob]*[SK]s", Intent.START, Weight.QUESTION),
    rule("how to stop", r"(?=.*[SKDUGe])(?=.*q)", Intent.HELP, Weight.QUESTION),
    rule("stop, or else", r"[SKD]o*R?E", Intent.STOP, Weight.REQUEST),
    rule("a stop is not wanted", r"[SKkDG][oHbtR]*[NFUu]|[SK]oS", Intent.STOP, Weight.DOUBT),
    rule("a stop in the past", r"[SKDU][^SKDR]*s[^SKDR]*$", Intent.STOP, Weight.DOUBT),
    rule("a stop asked about", r"[SKD][^SKDR]*b[^R]*$", Intent.STOP, Weight.DOUBT),
    rule("stop calling", r"f[^OH]*[SF]", Intent.STOP, Weight.DOUBT),
    rule("an unknown thing is stopped", r"go+[SKkD]", Intent.STOP, Weight.DOUBT),
    rule("an unknown thing is not needed", r"go+[Uu]", Intent.OTHER, Weight.NOTHING),
    rule("please stop", r"S[^g]*R", Intent.STOP, Weight.REQUEST),
    rule("please stop our texts", r"[OHVWr][^TC]*[KD][^g]*R", Intent.STOP, Weight.REQUEST),
    rule("please release", r"^[XA]*K[ot]*R", Intent.STOP, Weight.REQUEST),
    rule("do not send", r"[OHVWr][^TCLB]*F", Intent.STOP, Weight.REQUEST),
    rule("our texts are not needed", r"[OHVWr][^TCg]*[Uu]", Intent.STOP, Weight.REQUEST),
    rule("not needed", r"^[X]*U", Intent.STOP, Weight.WISH),
    rule("stop", r"S", Intent.STOP, Weight.WISH),
    rule("stop our texts", r"[OHVWr][^TC]*[KkD]", Intent.STOP, Weight.WISH),
    rule("release", r"^[XA]*K[ot]*$", Intent.STOP, Weight.WISH),
    rule("start again", r"[TC][^OHV]*G | G[^F]*[sqb]", Intent.OTHER, Weight.NOTHING),
    rule("please start", r"G", Intent.START, Weight.QUESTION),
    rule("send again", r"A[oOHW]*[HVr][^NFsbqL]*[Rt]", Intent.START, Weight.QUESTION),
    rule("please send", r"^[oOWX]*H[^NFsbqTLaf]*R$", Intent.START, Weight.QUESTION),
    rule("something like a stop", r"[KDkuUF]", Intent.STOP, Weight.DOUBT),
    rule("not sent", r"[HV][^b]*N", Intent.STOP, Weight.HINT),
    rule("anger", r"X", Intent.STOP, Weight.HINT),
)  # fmt: skip

# About everything else, over the whole text; "." stands between clauses.
TOPICS: tuple[Rule, ...] = (
    rule("paid", r"P(?![^.]*[Nb])", Intent.PAID, Weight.TOPIC),
    rule("the wrong person", r"x", Intent.WRONG, Weight.TOPIC),
    rule("asks for time", r"w", Intent.PROMISE, Weight.TOPIC),
    rule("cannot pay", r"Z", Intent.AGENT, Weight.TOPIC),
    rule("pays later", r"d[^BMq]*Y[^BMLqb]* | Yo*[^BMLqb]*d", Intent.PROMISE, Weight.TOPIC),
    rule("wants a person", r"a|f", Intent.AGENT, Weight.TOPIC),
    rule("how much", r"M|B", Intent.BALANCE, Weight.TOPIC),
    rule("wants to pay", r"L|Y", Intent.PAY, Weight.TOPIC),
    rule("how to", r"h", Intent.HELP, Weight.TOPIC),
    rule("Japanese", r"j", Intent.LANG_JA, Weight.TOPIC),
    rule("English", r"l", Intent.LANG_EN, Weight.TOPIC),
    rule("service trouble", r"TS?o*s", Intent.AGENT, Weight.HINT),
    rule("asks something", r"q", Intent.HELP, Weight.HINT),
    rule("no", r"^n[^y]*$", Intent.NO, Weight.HINT),
    rule("yes", r"^y[^nN]*$", Intent.YES, Weight.HINT),
)  # fmt: skip

GRAMMAR = Grammar(LETTERS, "finite", STOPPING, TOPICS)
