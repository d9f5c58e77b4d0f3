"""`henji accounts import`: a summary, bad rows by line, and what the status says."""

from pathlib import Path

import pytest

from tests.billing.files import EMILY, HANAKO, HEADER, csv_of
from tests.cli.commands import Ended, henji

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"


def imports(environment: dict[str, str], folder: Path, content: bytes) -> Ended:
    file = folder / "customers.csv"
    file.write_bytes(content)
    return henji("accounts", "import", str(file), environment=environment)


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
