"""An alert is raised once until a person settles it, however often the trouble comes."""

from sqlalchemy import Engine

from bot.alerts import Kind, alert, settle, unsettled


def test_the_same_trouble_is_one_alert_that_counts(engine: Engine) -> None:
    with engine.begin() as connection:
        for words in ("the token was refused", "the token is still refused"):
            alert(connection, Kind.ACCOUNT, "twilio", words)
        alert(connection, Kind.SENDER, "7", "the number is not approved")
        found = {one.kind: (one.words, one.count) for one in unsettled(connection)}
    assert found == {
        Kind.ACCOUNT: ("the token is still refused", 2),
        Kind.SENDER: ("the number is not approved", 1),
    }


def test_a_settled_alert_is_raised_anew(engine: Engine) -> None:
    with engine.begin() as connection:
        alert(connection, Kind.ACCOUNT, "twilio", "refused")
        assert settle(connection, Kind.ACCOUNT, "twilio", "staff:akari", "a new token is set")
        assert not settle(connection, Kind.ACCOUNT, "twilio", "staff:akari", "twice")
        assert not unsettled(connection)
        alert(connection, Kind.ACCOUNT, "twilio", "refused again")
        assert [one.count for one in unsettled(connection)] == [1]
