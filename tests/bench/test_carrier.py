"""The carrier of the benchmark is one that the real provider can send through."""

import sys
from pathlib import Path
from queue import SimpleQueue

from bench import texts
from bench.processes import free_port, running
from bot.demo import parts
from bot.processes import Program
from bot.providers import Outgoing
from bot.providers.twilio import Twilio
from bot.providers.wire import Wire
from bot.settings import load


async def send(provider: Twilio, wire: Wire, message: Outgoing, sids: "SimpleQueue[str]") -> None:
    sids.put(await provider.send(message, wire.post))


def test_the_provider_sends_and_the_arrival_is_kept(tmp_path: Path) -> None:
    port = free_port()
    command = (sys.executable, "-m", "bench.carrier", str(port), "--latency=0")
    environment = {
        "TWILIO_ACCOUNT_SID": texts.ACCOUNT,
        "TWILIO_AUTH_TOKEN": texts.TOKEN,
        "TWILIO_API_BASE": f"http://127.0.0.1:{port}",
        "PUBLIC_URL": "http://127.0.0.1:1",
    }
    carrier = Program("carrier", command, lambda: parts.answers(port, "/count"))
    with running(carrier, {}, tmp_path):
        provider, wire = Twilio(load(environment=environment)), Wire()
        messages = [Outgoing(n, texts.OURS, texts.number(n), "残高", 60) for n in (1, 2)]
        sids: SimpleQueue[str] = SimpleQueue()
        for message in messages:
            wire.run([send(provider, wire, message, sids)])

        assert {sids.get(timeout=10) for _ in messages} == {f"SM{n:032x}" for n in (1, 2)}
        wire.close()
