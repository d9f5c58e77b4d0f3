"""A wrong setting stops the handset with one line that names it."""

from pathlib import Path

import pytest

from handset.people import Person, load
from handset.settings import SettingError, read

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"
HEADER = "phone,customer_number,name,language\n"
GOOD = {
    "HANDSET_DATABASE": "var/handset.sqlite3",
    "HANDSET_PEOPLE": str(SAMPLE),
    "HANDSET_WEBHOOK_URL": "http://127.0.0.1:8000/webhooks/twilio/messages",
    "HANDSET_NUMBER": "+815000000000",
    "HANDSET_BRAND": "ヘンジ電力",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "HANDSET_GATEWAY_SECRET": "secret",
}
WRONG = {
    "HANDSET_PEOPLE": "nowhere.csv",
    "HANDSET_WEBHOOK_URL": "127.0.0.1:8000",
    "HANDSET_URL": "handset",
    "HANDSET_NUMBER": "090-0000-0001",
    "HANDSET_BRAND": "  ",
    "HANDSET_PORT": "65536",
    "HANDSET_CALLBACK_DELAY_MS": "-1",
    "TWILIO_ACCOUNT_SID": "SM" + "0" * 32,
}
UNUSABLE_PEOPLE = {
    "not a CSV of people": b"a,b\n1,2\n",
    "not UTF-8": (HEADER + "090-0000-0001,1000-1234,山田,ja\n").encode("cp932"),
    "a line without a number": (HEADER + "090-0000-0001,1,a,ja\nnone,2,b,ja\n").encode(),
    "empty": b"",
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=f"^{name} is missing$"):
        read({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(("name", "value"), WRONG.items(), ids=WRONG)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^{name} "):
        read(GOOD | {name: value})


def test_what_is_not_set_has_a_default() -> None:
    settings = read(GOOD)
    assert (settings.host, settings.port, settings.callback_delay_ms) == ("127.0.0.1", 8001, 80)


@pytest.mark.parametrize("content", UNUSABLE_PEOPLE.values(), ids=UNUSABLE_PEOPLE)
def test_people_that_cannot_be_read_name_their_setting(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(SettingError, match=r"^HANDSET_PEOPLE "):
        load(path)


def test_the_first_sample_person_is_the_simple_case() -> None:
    assert load(SAMPLE)[0] == Person("+819000000001", "山田 花子", "ja", "1234")


def test_the_sample_holds_numbers_in_every_notation() -> None:
    assert [person.number for person in load(SAMPLE)] == [
        "+819000000001",
        "+819000000002",
        "+818000000003",
        "+12025550123",
        "+819000000005",
        "+817000000006",
    ]
