"""Whole conversations with the bot, through the same talk that serves `henji chat`."""

from dataclasses import replace
from functools import cache

from bot.app import build_runtime
from bot.chat import customer
from bot.dialogue.flow import Flow
from bot.rehearsal.personas import open_talk
from bot.rehearsal.stage import settings_of_a_talk
from bot.runtime import Runtime
from bot.settings import load
from bot.text.language import Language
from chaos.twin import blotted

Line = tuple[str, str]


def talk(*said: Flow | str, language: str = "ja") -> list[Line]:
    """The transcript of a customer's texts and the bot's answers: [("customer", …), ("bot", …), …].

    Flows among the arguments are all that the bot can talk about; without one it has those that
    ship. Links, days and moments are blotted out, so that a transcript can be compared.
    """
    flows = {flow.name: flow for flow in said if isinstance(flow, Flow)}
    runtime = replace(_runtime(), flows=flows) if flows else _runtime()
    lines: list[Line] = []
    with open_talk(runtime, customer(Language(language))) as open_one:
        for text in said:
            if isinstance(text, str):
                lines.append(("customer", text))
                lines += [("bot", blotted(answer)) for answer in open_one.say(text).shown]
    return lines


@cache
def _runtime() -> Runtime:
    return build_runtime(settings_of_a_talk(load(environment={"HENJI_BRAND": "例示商会"})))
