"""Personal data is found wherever it hides, and what is masked is not blamed."""

import json
import zlib
from pathlib import Path

import pytest
from redis import Redis

from chaos.leaks import Secrets, in_logs, in_valkey
from chaos.people import MARK

TOKEN = "a token of the tests only"
REPLY = "【例示商会】ご請求残高は12,800円です。お支払いは https://sms.example.com/p/abcdefghijklmnopqrst"
SECRETS = Secrets((TOKEN,)).with_replies([REPLY])
LEAKS = {
    "a number": "sent to +819000001234",
    "a number as people write it": "090-0000-1234 wrote",
    "a text": f'{{"event": "heard", "text": "{MARK}-0123456789"}}',
    "a token": f"Authorization: {TOKEN}",
    "the words of a reply": f"POST {REPLY[:25]}",
    "the address of a payment page": "GET /p/abcdefghijklmnopqrst",
}
FINE = ("sent to +8190****1234", "from +815000000001", "took 1700000000.1234 s", "<12 chars>")


@pytest.fixture
def redis(valkey_url: str) -> Redis:
    made = Redis.from_url(valkey_url)
    made.flushdb()
    return made


@pytest.mark.parametrize("line", LEAKS.values(), ids=LEAKS)
def test_a_log_that_tells_too_much_is_found(tmp_path: Path, line: str) -> None:
    log = tmp_path / "web.1.log"
    log.write_text(f"fine\n{line}\n", "utf-8")

    [found] = in_logs([log], SECRETS)
    assert found.startswith("web.1.log line 2 holds ")
    assert line not in found


@pytest.mark.parametrize("line", FINE)
def test_what_is_masked_is_fine(tmp_path: Path, line: str) -> None:
    log = tmp_path / "web.1.log"
    log.write_text(line, "utf-8")

    assert list(in_logs([log], SECRETS)) == []


def test_valkey_is_read_whatever_the_type_of_a_key(redis: Redis) -> None:
    number = LEAKS["a number"]
    redis.set("string", number)
    redis.lpush("list", number)
    redis.sadd("set", number)
    redis.zadd("zset", {number: 1})
    redis.xadd("stream", {"field": number})
    redis.hset("job", "data", zlib.compress(json.dumps([number]).encode()))
    redis.set(number, "a key")
    redis.set("fine", "+8190****1234")

    found = in_valkey(redis, SECRETS)
    redis.flushdb()
    redis.close()
    assert len(found) == 7
    assert not any("1234" in one for one in found)
