"""A talk with the bot in the terminal: the same path as an SMS, kept nowhere and sent to nobody."""

import sys
from collections.abc import Iterator
from contextlib import suppress

import click

from bot import log
from bot.app import build_runtime
from bot.rehearsal.personas import CUSTOMER_NUMBER, Persona, open_talk
from bot.rehearsal.stage import settings_of_a_talk
from bot.settings import load
from bot.text.language import Language

GREETINGS = {
    Language.JA: f"お客様番号 {CUSTOMER_NUMBER} のお客様としてお話しください。終了は Ctrl-D です。",
    Language.EN: f"You are the customer with the number {CUSTOMER_NUMBER}. Ctrl-D ends the talk.",
}


def customer(language: Language) -> Persona:
    """Somebody who writes whatever they like in a language."""
    return Persona("customer", "", language, "山田 花子", ())


def in_the_terminal(language: str) -> None:
    """Talk until the input ends, or Ctrl-C."""
    log.configure()
    runtime = build_runtime(settings_of_a_talk(load()))
    chosen = Language(language)
    with suppress(KeyboardInterrupt), open_talk(runtime, customer(chosen)) as talk:
        for text in _typed(GREETINGS[chosen]) if sys.stdin.isatty() else _piped():
            for answer in talk.say(text).shown:
                click.echo("< " + answer.replace("\n", "\n  "))


def _typed(greeting: str) -> Iterator[str]:
    import readline  # noqa: F401, PLC0415 - lets one edit what one types

    click.echo(greeting)
    try:
        while True:
            if text := input("> ").strip():
                yield text
    except EOFError:
        return
    finally:
        click.echo()


def _piped() -> Iterator[str]:
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        click.echo(f"> {text}")
        yield text
