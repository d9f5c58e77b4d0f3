"""A flow is a table of moves: what it says, where it goes, what it refuses to be."""

import gc
import threading
import weakref

import pytest

from bot.dialogue.flow import DONE, START, Flow, Move, move
from bot.dialogue.intents import Reading, understand
from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Vocabulary
from bot.errors import FlowError

NO_WORDS = Vocabulary({}, frozenset())


def is_a_number(turn: Turn) -> bool:
    return turn.text.isdecimal()


def keep_party(turn: Turn) -> None:
    turn.slots["party"] = int(turn.text)


def thank(turn: Turn) -> None:
    turn.say("booked", table=7)


BOOKING = Flow(
    "booking",
    (
        move("begin", START, "ask_party"),
        move("reply", "ask_party", "confirm", when=is_a_number, then=keep_party),
        move("reply", "ask_party"),
        move("reply", "confirm", DONE, then=thank),
        move("back", "confirm", "ask_party"),
    ),
    keywords=("予約", "book"),
    match="first_word",
)


def turn_at(state: str, text: str = "", **slots: object) -> Turn:
    return Turn("booking", text, reading_of(text), dict(slots), state=state)


def reading_of(text: str) -> Reading:
    return understand(text, NO_WORDS)


def keys(turn: Turn) -> list[str]:
    return [reply.key for reply in turn.replies]


def test_entering_a_state_says_its_script() -> None:
    turn = turn_at(START)

    assert BOOKING.step("begin", turn)
    assert (turn.state, keys(turn)) == ("ask_party", ["booking.ask_party"])


def test_staying_asks_again_and_knows_that_it_did_not_understand() -> None:
    turn = turn_at("ask_party", "several")

    assert BOOKING.step("reply", turn)
    assert (turn.state, keys(turn)) == ("ask_party", ["booking.ask_party.again"])
    assert turn.replies[0].otherwise == "booking.ask_party"
    assert not turn.understood


def test_slots_are_values_of_every_script() -> None:
    turn = turn_at("ask_party", "4")
    BOOKING.step("reply", turn)

    assert turn.replies[0].values == {"party": 4}


def test_what_a_move_says_itself_takes_the_place_of_done() -> None:
    turn = turn_at("confirm", "はい", party=4)
    BOOKING.step("reply", turn)

    assert turn.state == DONE
    assert keys(turn) == ["booking.booked"]
    assert turn.replies[0].values == {"party": 4, "table": 7}


def test_an_end_without_words_may_stay_unsaid() -> None:
    quiet = Flow("quiet", (move("begin", START, DONE),))
    turn = turn_at(START)
    quiet.step("begin", turn)

    assert turn.replies[0].unless_missing


def test_going_back_is_a_trigger_of_its_own() -> None:
    turn = turn_at("confirm", "戻る")

    assert BOOKING.hears("back", "confirm")
    assert BOOKING.step("back", turn)
    assert turn.state == "ask_party"


@pytest.mark.parametrize("state", ["ask_party", "gone_since_the_last_release"])
def test_a_trigger_that_the_table_does_not_know_moves_nothing(state: str) -> None:
    turn = turn_at(state, "late")

    assert not BOOKING.step("expire", turn)
    assert (turn.state, turn.replies) == (state, [])


@pytest.mark.parametrize("text", ["予約", "予約　7/15", "「予約」 4人", "book a table", "BOOK"])
def test_a_flow_begins_on_its_first_word(text: str) -> None:
    assert BOOKING.begins_on(text, reading_of(text))


@pytest.mark.parametrize("text", ["予約したい", "please book", "", " "])
def test_other_first_words_do_not_begin_it(text: str) -> None:
    assert not BOOKING.begins_on(text, reading_of(text))


def test_a_whole_text_keyword_needs_the_whole_text() -> None:
    exact = Flow("exact", (move("begin", START, DONE),), keywords="アンケート")

    assert exact.begins_on("ｱﾝｹｰﾄ！", reading_of("ｱﾝｹｰﾄ！"))
    assert not exact.begins_on("アンケート 1", reading_of("アンケート 1"))


def test_a_state_without_a_last_resort_gets_one() -> None:
    deaf = Flow("deaf", (move("begin", START, "ask"), move("reply", "ask", DONE, when=is_a_number)))
    turn = Turn("deaf", "what?", reading_of("what?"), state="ask")

    assert deaf.step("reply", turn)
    assert keys(turn) == ["deaf.ask.again"]


@pytest.mark.parametrize(
    ("moves", "complaint"),
    [
        ((), "cannot begin"),
        ((move("reply", START, DONE),), "cannot begin"),
        ((move("begin", START, "a"), move("reply", "b", DONE)), "nothing leads to the state b"),
        ((Move("shout", (START,), DONE, None, None),), "shout is no trigger"),
    ],
)
def test_a_table_that_cannot_work_is_refused(moves: tuple[Move, ...], complaint: str) -> None:
    with pytest.raises(FlowError, match=complaint):
        Flow("broken", moves)


def test_a_turn_whose_action_fails_has_gone_nowhere() -> None:
    def fail(turn: Turn) -> None:
        raise ZeroDivisionError

    fragile = Flow("fragile", (move("begin", START, "ask", then=fail), move("reply", "ask", DONE)))
    turn = Turn("fragile", "", reading_of(""))

    with pytest.raises(ZeroDivisionError):
        fragile.step("begin", turn)
    assert turn.state == START


def test_the_machine_keeps_no_turn_alive() -> None:
    turn = turn_at(START)
    BOOKING.step("begin", turn)
    gone = weakref.ref(turn)
    del turn
    gc.collect()

    assert gone() is None


def test_one_machine_serves_many_threads() -> None:
    wrong: list[str] = []

    def walk(party: int) -> None:
        for _ in range(200):
            turn = turn_at("ask_party", str(party))
            BOOKING.step("reply", turn)
            if turn.slots != {"party": party} or turn.state != "confirm":
                wrong.append(turn.state)

    threads = [threading.Thread(target=walk, args=(party,)) for party in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
