"""`henji accounts import`: a summary, bad rows by line, and what the status says."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.compliance.basis import Basis, Stated
from bot.messaging.consent.imports import Source, keep
from bot.runtime import Runtime
from tests.billing.files import EMILY, HANAKO, HEADER, csv_of
from tests.cli.commands import NO_DATABASE, Ended, henji
from tests.people import OURS, Texting

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"


def imports(environment: dict[str, str], folder: Path, content: bytes, *options: str) -> Ended:
    file = folder / "customers.csv"
    file.write_bytes(content)
    return henji("accounts", "import", str(file), *options, environment=environment)


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"hello", csv_of(), csv_of(HANAKO, '"never closed')]
)
def test_a_file_that_is_none_is_refused_in_one_line(
    environment: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    ended = imports(environment, tmp_path, content)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("henji: The ")
    assert ended.err.count("\n") == 1
    assert imports(environment, tmp_path, csv_of(HANAKO)).out.startswith("added 1,")


def test_the_sample_comes_in_once(environment: dict[str, str]) -> None:
    outs = [henji("accounts", "import", str(SAMPLE), environment=environment).out for _ in range(2)]

    assert outs == [
        "added 6, changed 0, unchanged 0, refused 0\n",
        "added 0, changed 0, unchanged 6, refused 0\n",
    ]


def test_bad_rows_are_named_by_line_and_good_ones_come_in(
    environment: dict[str, str], tmp_path: Path
) -> None:
    bad = ("090,1000-1111,,,0,,", "090-0000-0003,1000-2222,,,-1,,")

    ended = imports(environment, tmp_path, csv_of(HANAKO, bad[0], EMILY, bad[1]))

    assert (ended.status, ended.out) == (0, "added 2, changed 0, unchanged 0, refused 2\n")
    assert ended.err == (
        "henji: line 3: phone is not a telephone number\n"
        "henji: line 5: amount_due must be an amount such as 12800, 12,800 or 45.50\n"
    )


def test_a_file_without_one_good_row_has_failed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ended = imports(environment, tmp_path, csv_of("bad,,,,,,"))

    assert (ended.status, ended.out) == (1, "added 0, changed 0, unchanged 0, refused 1\n")


def test_columns_that_mean_nothing_are_named(environment: dict[str, str], tmp_path: Path) -> None:
    row = HANAKO + ",yes,x"

    ended = imports(environment, tmp_path, csv_of(row, header=f"{HEADER},consent,メモ"))

    assert (ended.status, ended.err) == (0, "henji: ignored the columns consent, メモ\n")


def test_the_database_away_is_one_line(environment: dict[str, str]) -> None:
    away = {**environment, "DATABASE_URL": "postgresql://u:himitsu@127.0.0.1:9/x"}

    ended = henji("accounts", "import", str(SAMPLE), environment=away)

    assert ended.status == 1
    assert ended.err == "henji: The database at postgresql on 127.0.0.1:9 cannot be reached.\n"


WITH_CONSENT = f"{HEADER},consent_purposes,consent_basis,consent_date"
WRONG_OPTIONS = [
    (["--basis", "hearsay", "--purposes", "billing"], "'hearsay' is not one of"),
    (["--basis", "web_terms"], "--basis needs --purposes"),
    (["--basis", "web_terms", "--purposes", "gossip"], "--purposes must name purposes of ours"),
    (["--basis", "paper", "--purposes", "billing", "--obtained-on", "soon"], "does not match"),
    (["--basis", "paper", "--purposes", "billing", "--obtained-on", "2999-01-01"], "the future"),
    (["--basis", "paper", "--purposes", "billing", "--evidence-file", "no.pdf"], "does not exist"),
    (["--basis", "paper", "--purposes", "billing", "--by", " "], "--by must be a name"),
]


@pytest.mark.parametrize(("options", "complaint"), WRONG_OPTIONS)
def test_consent_that_is_stated_wrongly_comes_near_no_database(
    tmp_path: Path, options: list[str], complaint: str
) -> None:
    ended = imports(NO_DATABASE, tmp_path, csv_of(HANAKO), *options)

    assert (ended.status, ended.out) == (2, "")
    assert complaint in ended.err
    assert ended.err.count("\n") == 1


def test_a_sender_that_is_not_ours_imports_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    options = ("--basis", "paper", "--purposes", "billing", "--sender", "050-0000-0009")
    ended = imports(environment, tmp_path, csv_of(HANAKO), *options)

    assert (ended.status, ended.out) == (1, "")
    assert "+815000000009 is not registered" in ended.err
    assert imports(environment, tmp_path, csv_of(HANAKO)).out.startswith("added 1,")


BAD_CELLS = [
    ("gossip,paper,", "consent_purposes must name purposes of ours (billing, promotions)"),
    ("billing,hearsay,", "consent_basis must be one of web_terms"),
    ("billing,paper,someday", "consent_date must be a day such as"),
    ("billing,paper,2099-01-01", "consent_date lies in the future"),
]


def test_rows_that_state_nonsense_are_named_by_line(
    environment: dict[str, str], tmp_path: Path
) -> None:
    bad = [f"{HANAKO},{cells}" for cells, _ in BAD_CELLS]
    ended = imports(environment, tmp_path, csv_of(*bad, f"{EMILY},,,", header=WITH_CONSENT))

    assert ended.status == 0
    for line, (told, (_, complaint)) in enumerate(
        zip(ended.err.splitlines(), BAD_CELLS, strict=True), start=2
    ):
        assert told.startswith(f"henji: line {line}: {complaint}")
    assert ended.out.startswith("added 1, changed 0, unchanged 0, refused 4\n")


@pytest.mark.parametrize("options", [[], ["--purposes", "billing"]])
def test_without_a_basis_nobody_becomes_sendable(
    environment: dict[str, str], tmp_path: Path, options: list[str]
) -> None:
    ended = imports(environment, tmp_path, csv_of(HANAKO), *options)

    assert ended.status == 0
    assert not options or ended.out.endswith(f"{_consent(unfounded=1)}\n")
    assert henji("consent", "verify", environment=environment).out.startswith(
        "The chain holds: 0 entries"
    )


def test_the_same_file_again_writes_no_second_entry(
    environment: dict[str, str], tmp_path: Path
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"signed")
    options = ("--basis", "paper", "--purposes", "billing", "--obtained-on", "2026-04-01")
    proof = ("--evidence-file", str(scan), "--evidence-kind", "signature", "--by", "sato")
    ends = [
        imports(environment, tmp_path, csv_of(HANAKO, EMILY), *options, *proof).out.splitlines()[1]
        for _ in range(2)
    ]
    henji("consent", "export", "--number", "09000000001", "--into", str(tmp_path),
          environment=environment)  # fmt: skip
    [entry] = json.loads((tmp_path / "proof.json").read_text("utf-8"))["entries"]

    assert ends == [_consent(recorded=2), _consent(known=2)]
    assert (entry["consent"], entry["purpose"], entry["basis"]) == ("granted", "billing", "paper")
    assert (entry["method"], entry["actor"]) == ("import", "staff:sato")
    assert entry["evidence"]["obtained_on"] == "2026-04-01"
    assert entry["evidence"]["kind"] == "signature"
    assert entry["evidence"]["file_sha256"] == hashlib.sha256(b"signed").hexdigest()


def test_a_row_may_state_its_own_purposes_basis_and_date(
    environment: dict[str, str], tmp_path: Path
) -> None:
    content = csv_of(f"{HANAKO},billing; promotions,,2026-05-01", f"{EMILY},none,,",
                     header=WITH_CONSENT)  # fmt: skip
    options = ("--basis", "web_terms", "--purposes", "billing")

    assert imports(environment, tmp_path, content, *options).out.endswith(
        f"{_consent(recorded=1)}\n"
    )
    shown = henji("consent", "show", "09000000001", environment=environment).out
    assert "billing: granted" in shown
    assert "promotions: granted" in shown
    assert "granted" not in henji("consent", "show", "+12025550123", environment=environment).out


def test_who_stopped_stays_stopped_and_is_named_masked(
    environment: dict[str, str], tmp_path: Path, texting: Texting
) -> None:
    texting.says("+819000000001", "配信停止")
    options = ("--basis", "paper", "--purposes", "billing,promotions")
    for _ in range(2):
        ended = imports(environment, tmp_path, csv_of(HANAKO, EMILY), *options)

    assert ended.err == "henji: +8190****0001 stopped messages and stays stopped\n"
    assert ended.out.endswith(f"{_consent(known=1, stopped=1)}\n")
    assert texting.says("+819000000001", "残高") == []


LATER_NO = [
    ("いいえ", [], {"withdrawn": 1}),
    ("いいえ", ["--obtained-on", "2026-04-01"], {"withdrawn": 1}),
    ("広告だけ停止", [], {"recorded": 1}),
]


@pytest.mark.parametrize(("words", "more", "counted"), LATER_NO)
def test_a_later_no_wins_over_what_a_file_says(
    environment: dict[str, str],
    tmp_path: Path,
    texting: Texting,
    words: str,
    more: list[str],
    counted: dict[str, int],
) -> None:
    for text in ("はい", words):
        texting.says("+819000000001", text)
    options = ("--basis", "paper", "--purposes", "billing", *more)

    out = imports(environment, tmp_path, csv_of(HANAKO), *options).out
    assert out.endswith(f"{_consent(**counted)}\n")


def test_an_import_after_a_start_does_not_bring_back_what_a_stop_ended(
    environment: dict[str, str], tmp_path: Path, texting: Texting
) -> None:
    options = ("--basis", "paper", "--purposes", "promotions", "--obtained-on", "2026-04-01")
    texting.says("+819000000001", "配信停止")
    texting.says("+819000000001", "配信開始")

    out = imports(environment, tmp_path, csv_of(HANAKO), *options).out
    assert out.endswith(f"{_consent(withdrawn=1)}\n")


def test_two_imports_of_one_file_at_once_record_it_once(
    environment: dict[str, str], runtime: Runtime
) -> None:
    rows = [(f"+8190{n:08d}", Stated(("billing",), Basis.PAPER)) for n in range(40)]
    source = Source(OURS, "staff:sato")
    with ThreadPoolExecutor(4) as pool:
        tallies = pool.map(
            lambda _: keep(runtime.engine, runtime.vault, runtime.settings, source, rows), range(4)
        )

    assert sum(tally.recorded for tally in tallies) == 40
    assert henji("consent", "verify", environment=environment).out.startswith(
        "The chain holds: 40 entries"
    )


def _consent(
    recorded: int = 0, known: int = 0, withdrawn: int = 0, stopped: int = 0, unfounded: int = 0
) -> str:
    return (
        f"consent recorded {recorded}, known already {known}, withdrawn since {withdrawn},"
        f" stopped {stopped}, without a basis {unfounded}"
    )
