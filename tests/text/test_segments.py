"""Segments as Twilio counts them, and what leaves of a text."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.segments import Segments, count, outgoing
from tests.text import random_texts

# What Twilio's own calculator (message-segment-calculator 1.3.0) says of our strings.
GOLDEN = json.loads(Path(__file__).with_name("golden_segments.json").read_text("utf-8"))

# The same for the texts of random_texts.py, one a line: the encoding by its first letter, segments
# and units. Recorded with sms-segments-calculator 1.3.0, the package of that calculator.
TWILIO_SAYS = Path(__file__).parent.parent / "data" / "twilio_segments.txt"
ENCODINGS = {"G": "GSM-7", "U": "UCS-2"}

texts = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)
gsm_texts = st.text(alphabet="ab 1@£\n€{}[]\\", max_size=700)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["holds"])
def test_twilio_counts_the_same(case: dict[str, object]) -> None:
    parts = case["parts"]
    assert isinstance(parts, list)
    text = "".join(part * times for part, times in parts)
    expected = (case["encoding"], case["segments"], case["units"])
    size = count(text)
    assert (size.encoding, size.segments, size.units) == expected


def test_twilio_counts_twenty_thousand_random_texts_the_same() -> None:
    answers = TWILIO_SAYS.read_text("utf-8").splitlines()
    assert len(answers) == random_texts.HOW_MANY
    for text, answer in zip(random_texts.texts(), answers, strict=True):
        encoding, segments, units = answer.split()
        assert count(text) == Segments(ENCODINGS[encoding], int(segments), int(units)), text


def test_a_pile_of_marks_longer_than_a_segment_is_split() -> None:
    assert count("e" + "\u0301" * 200) == Segments("UCS-2", 3, 201)
    assert count("ああe" + "\u0301" * 200) == Segments("UCS-2", 4, 203)


@settings(deadline=None)
@given(texts)
def test_units_are_utf_16_units_unless_the_text_is_gsm_7(text: str) -> None:
    size = count("あ" + text)
    assert size.encoding == "UCS-2"
    assert size.units == len(("あ" + text).encode("utf-16-le", "surrogatepass")) // 2
    assert size.segments == 1 if size.units <= 70 else size.segments >= -(-size.units // 67)


@settings(deadline=None)
@given(gsm_texts)
def test_gsm_7_never_takes_fewer_parts_than_its_septets(text: str) -> None:
    size = count(text)
    assert size.encoding == "GSM-7"
    assert size.units == len(text) + sum(text.count(char) for char in "€{}[]\\")
    assert size.segments == 1 if size.units <= 160 else size.segments >= -(-size.units // 153)


@settings(deadline=None)
@given(texts, texts)
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert count(text + more).segments >= count(text).segments


def test_a_very_long_text_is_counted_in_the_time_of_a_glance() -> None:
    started = time.process_time()
    assert count("あ" * 100_000).segments == 1493
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("", ""),
        ("￥12,800", "¥12,800"),
        ("9:05\u202fAM", "9:05 AM"),
        ("12\u00a0345", "12 345"),
        ("a\tb", "a b"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x00b\x1b[31m\x7f\x85", "ab[31m"),
        ("a\ud83d\udc4db", "ab"),
        ("a\ude00", "a"),
        ("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"),
        ("【ヘンジ】\n「はい」", "【ヘンジ】\n「はい」"),
    ],
)
def test_what_only_costs_or_cannot_be_sent_never_leaves(text: str, leaves: str) -> None:
    assert outgoing(text) == leaves


@settings(deadline=None)
@given(texts)
def test_what_leaves_leaves_unchanged_again_and_can_be_encoded(text: str) -> None:
    sent = outgoing(text)
    assert outgoing(sent) == sent
    assert sent.encode("utf-8").decode("utf-8") == sent
    assert count(sent).segments <= count(text).segments
