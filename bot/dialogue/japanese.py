"""How a Japanese clause is read: what is it about, what is to happen, and is that meant.

The predicate comes last: [object] [act] [negation, request, question or past].
"""

from bot.dialogue.rules import CANNOT_PAY, Grammar, Rule, Weight, rule
from bot.dialogue.vocabulary import Intent

# One letter for each kind of word; kinds without a letter say nothing.
LETTERS = {
    "message": "O", "contact": "W", "sending": "H", "send": "V", "arrive": "r",
    "channel": "C", "other": "T", "utility": "1", "matter": "2", "idiom": "I",
    "stop": "S", "release": "K", "revoke": "k", "drop": "D", "unneeded": "U", "enough": "u",
    "unwilling": "c", "topic_unneeded": "6",
    "no_more": "8", "start": "G", "again": "A",
    "negation": "N", "is_not": "4",
    "forbid": "F", "weak_forbid": "z", "or_else": "E",
    "please": "R", "te": "7", "want": "t", "how": "q", "state": "s", "ended": "e", "able": "b",
    "mistake": "m", "anger": "X", "case": "o", "self": "3",
    "debt": "B", "how_much": "M", "pay": "Y", "means": "L", "paid": "P", "wait": "w",
    "day": "d", "hardship": "Z", "hard": "p", "trouble": "5", "agent": "a", "phone": "f",
    "wrong": "x", "help": "h", "yes": "y", "no": "n", "japanese": "j", "english": "l",
    "gap": "g", "thing": "9",
}  # fmt: skip

# About stopping. The order is that of the guards: another object, an undoing, a how-to, a
# negation, a status, a question; only what passes them all is a request.
STOPPING: tuple[Rule, ...] = (
    rule("another thing is stopped", r"[TCI12][^OHVW]*[SKkDUuGec6] | [SKkDUu]s?o*[TCI12]",
         Intent.OTHER, Weight.NOTHING),
    rule("another thing is stopped", r"[TC][^OHV]*W[^OHV]*[SKkDUuGc6]", Intent.OTHER,
         Weight.NOTHING),
    rule("another thing is sent", r"[TCLB12]o*V[NFz]", Intent.OTHER, Weight.NOTHING),
    rule("a payment is stopped", r"[YLPB][^OHVWg9]*[SKkDUuc]", Intent.OTHER, Weight.NOTHING),
    rule("a stop is undone", r"(?<![g9])[SK]o?[SKkDmt]*[Kkm][^NF]*$ | [SKD][ost]*[km][^NF]*$",
         Intent.START, Weight.QUESTION),
    rule("a stop is undone", r"m[^SK]*[SK][^FN]*G | m[ob]*[SK]s | [SKD].*s.*G[^Nbqs]*$",
         Intent.START, Weight.QUESTION),
    rule("how to stop", r"(?=.*[SKDUGe])(?=.*(?<![BM])(?<![BM]o)q)", Intent.HELP, Weight.QUESTION),
    rule("stop, or else", r"[SKD]o*[R7]?E", Intent.STOP, Weight.REQUEST),
    rule("a stop is not wanted", r"[SKkDG][oHbtR7]*[NFUucz46]|[SK]oS", Intent.STOP, Weight.DOUBT),
    rule("a stop in the past", r"[SKDU][^SKDR7]*s[^SKDR7]*$", Intent.STOP, Weight.DOUBT),
    rule("a stop asked about", r"[SKD][^SKDR7]*b[^R7]*$", Intent.STOP, Weight.DOUBT),
    rule("stop calling", r"f[^OH]*[SF]", Intent.STOP, Weight.DOUBT),
    rule("an unknown thing is stopped", r"[g9]o+[SKkD]|9[SKkD]", Intent.STOP, Weight.DOUBT),
    rule("an unknown thing is not needed", r"[g9]o+[Uu]|[g9]6", Intent.OTHER, Weight.NOTHING),
    rule("please stop", r"So?[^oVHW]*(?:R|7$)", Intent.STOP, Weight.REQUEST),
    rule("please stop our texts", r"[OHVWr][^TC12]*[KDu][^g9]*(?:R|7$)", Intent.STOP,
         Weight.REQUEST),
    rule("please release", r"^[X8A3o]*K[ot]*(?:R|7$)", Intent.STOP, Weight.REQUEST),
    rule("something else is not sent", r"^[^OHW]*[g9]o+V[^OHW]*[FNz]", Intent.STOP, Weight.DOUBT),
    rule("do not send", r"[OHVW][^TCLB12]*F | [HV]z | [OHW][^TCLB12]*rz", Intent.STOP,
         Weight.REQUEST),
    rule("our texts are not wanted", r"[OHVWr][^TCg912]*[Uuc68]", Intent.STOP, Weight.REQUEST),
    rule("not needed", r"^[X83o]*[U6]", Intent.STOP, Weight.WISH),
    rule("stop", r"^[^g9T12]*S[^g9]*$ | [OHWVr]o*S | [OHVr][^T12]*S[^g9]*$", Intent.STOP,
         Weight.WISH),
    rule("stop our texts", r"[OHVWr][^TC12]*[KkD]", Intent.STOP, Weight.WISH),
    rule("release", r"^[X8A3o]*K[ot]*$", Intent.STOP, Weight.WISH),
    rule("start another thing",
         r"[TC12][^OHV]*G | [YLPB][^OHVW]*G | G[^F]*[sqbI] | G[^OHVW]*[YLPB]", Intent.OTHER,
         Weight.NOTHING),
    rule("please start", r"G", Intent.START, Weight.QUESTION),
    rule("send again", r"A[oOHW]*[HVr][^NFsbqLTCafZ5x39d]*(?:R|7$)", Intent.START,
         Weight.QUESTION),
    rule("please send", r"^[oOWX]*H[^NFsbqLTCafZ5x39dczgwjl]*[R7]$", Intent.START,
         Weight.QUESTION),
    rule("something is asked for", r"^[oOCLBTgd9]*V(?:b?R|[7b]$)", Intent.OTHER,
         Weight.NOTHING),
    rule("something like a stop", r"[SKDkU6] | r[Fz] | ^[^g9]*F", Intent.STOP, Weight.DOUBT),
    rule("not sent", r"[HV][^b]*N", Intent.STOP, Weight.HINT),
    rule("anger", r"[X8]", Intent.STOP, Weight.HINT),
)  # fmt: skip

# About everything else, over the whole text; "." stands between clauses.
TOPICS: tuple[Rule, ...] = (
    rule("a matter for a person", r"5 | ^[^T]*[12][^T.]*[SKkDUGesNF] | ^[^T]*[SKD][^T.]*[12]",
         Intent.AGENT, Weight.TOPIC),
    rule("paid", r"P(?![^.]*[Nb])", Intent.PAID, Weight.TOPIC),
    rule("the wrong person", r"x|3o?[g9]4|[g9]34|^[g9]4[.]$", Intent.WRONG, Weight.TOPIC),
    rule("asks for time", r"w", Intent.PROMISE, Weight.TOPIC),
    rule(CANNOT_PAY, r"Z | Y[^.]*p | Yo*n", Intent.AGENT, Weight.TOPIC),
    rule("pays later", r"d[^BMq]*Y[^BMLqb]*\.?$ | Yo*[^BMLqb]*d", Intent.PROMISE, Weight.TOPIC),
    rule("wants a person", r"a|f", Intent.AGENT, Weight.TOPIC),
    rule("how much", r"M|B", Intent.BALANCE, Weight.TOPIC),
    rule("wants to pay", r"L|Y", Intent.PAY, Weight.TOPIC),
    rule("how to", r"h", Intent.HELP, Weight.TOPIC),
    rule("Japanese", r"j", Intent.LANG_JA, Weight.TOPIC),
    rule("English", r"l", Intent.LANG_EN, Weight.TOPIC),
    rule("asks something", r"^[^TCI.]*q", Intent.HELP, Weight.HINT),
    rule("no", r"^[.no]*[nc][^y]*$", Intent.NO, Weight.HINT),
    rule("yes", r"^y[^nNcbu4]*$", Intent.YES, Weight.HINT),
)  # fmt: skip

GRAMMAR = Grammar(LETTERS, "finite", STOPPING, TOPICS, ours="OHVWr", others="T25")
