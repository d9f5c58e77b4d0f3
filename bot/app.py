"""Where everything is wired together: the runtime of a process, and its web application."""

import importlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import structlog
from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import flows
from api import document, refusal, v1
from bot import log
from bot.billing import source_file
from bot.billing.http_source import HttpSource
from bot.billing.sources import AccountsTable, BalanceSource
from bot.dialogue.flow import Flow
from bot.errors import Crowded, FlowError, HenjiError, SettingError
from bot.payments.gateways import Gateway
from bot.payments.gateways.komoju import Komoju
from bot.payments.gateways.local import Local
from bot.payments.gateways.stripe import Stripe
from bot.providers import Provider
from bot.providers.twilio import Twilio
from bot.providers.vonage import Vonage
from bot.providers.wire import Wire
from bot.rehearsal.stage import settings_of_a_talk
from bot.runtime import Runtime, impatient
from bot.scripts import gallery, shipped
from bot.scripts.edition import as_it_ships
from bot.scripts.shelf import Shelf
from bot.scripts.shipped import Shipped
from bot.senders import registry
from bot.setting_types import ProviderName
from bot.settings import Settings, load, to_serve
from bot.store.crypto import Vault
from bot.store.session import connect, transact
from bot.store.trouble import explain
from console import app as console
from pages import join, opt_out, payment, senders
from webhooks import gateways, health, metrics, twilio, vonage

Door = Callable[[Runtime], Blueprint]
PROVIDERS: Mapping[ProviderName, tuple[Callable[[Settings], Provider], Door]] = {
    ProviderName.TWILIO: (Twilio, twilio.door),
    ProviderName.VONAGE: (Vonage, vonage.door),
}
# Each with the setting that says whether it is used.
GATEWAYS: Mapping[str, tuple[str, Callable[[Settings], Gateway]]] = {
    Stripe.name: ("STRIPE_API_KEY", Stripe.of),
    Komoju.name: ("KOMOJU_API_KEY", Komoju.of),
    Local.name: ("LOCAL_GATEWAY_URL", Local.of),
}
MAX_BODY = 256 * 1024

logger = structlog.get_logger(__name__)


def build_runtime(settings: Settings) -> Runtime:
    """Connect everything; raises a HenjiError that says what is wrong."""
    table, words = flow_table(settings), load_scripts(settings)
    for flow in table.values():
        shipped.check_flow(flow, words.scripts)
    return Runtime(
        settings=settings,
        engine=connect(settings.DATABASE_URL),
        redis=impatient(settings.REDIS_URL),
        vault=Vault.of(settings),
        provider=PROVIDERS[settings.HENJI_PROVIDER][0](settings),
        wire=Wire(),
        gateways=_gateways(settings),
        shelf=Shelf(as_it_ships(words)),
        flows=table,
        balances=_balances(settings),
    )


def flow_table(settings: Settings) -> dict[str, Flow]:
    """Every flow by its name, those of one's own too; SettingError or FlowError says what is wrong
    with one."""
    own = [_own_flows(name) for name in settings.flow_modules]
    table: dict[str, Flow] = {}
    for flow in [*flows.FLOWS, *(flow for module in own for flow in module.FLOWS)]:
        if flow.name in table:
            raise FlowError(f"Two flows are called {flow.name}; rename one of them.")
        table[flow.name] = flow
    return table


def locale_folders(settings: Settings) -> list[Path]:
    """Where the words lie: those that ship, ready notices, and those of one's own flows."""
    own = (_own_flows(name) for name in settings.flow_modules)
    return [shipped.LOCALES, gallery.FOLDER, *(Path(module.LOCALES) for module in own)]


def load_scripts(settings: Settings) -> Shipped:
    """All words, those of one's own flows too; raises a HenjiError that says what is wrong."""
    return shipped.load_all(locale_folders(settings))


def build_reader(settings: Settings) -> Runtime:
    """A runtime on the company's database that reaches no carrier, no gateway and no Redis.

    So commands about words need no secrets but those of the database.
    """
    quiet = build_runtime(settings_of_a_talk(settings))
    quiet.engine.dispose()
    return replace(quiet, settings=settings, engine=connect(settings.DATABASE_URL))


def _balances(settings: Settings) -> BalanceSource:
    """The company's own system where there is one, else the accounts as they were imported."""
    if settings.HENJI_BALANCE_SOURCE is None:
        return AccountsTable()
    secret = settings.HENJI_BALANCE_SECRET
    source = source_file.read(settings.HENJI_BALANCE_SOURCE)
    return HttpSource(source, secret.get_secret_value() if secret else "")


def _own_flows(name: str) -> ModuleType:
    try:
        module = importlib.import_module(name)
    except HenjiError:
        raise
    except Exception as error:  # whatever somebody else's module does when it is imported
        raise _unusable(name, f"{type(error).__name__}: {error}") from None
    for offer in ("FLOWS", "LOCALES"):
        if not hasattr(module, offer):
            raise _unusable(name, f"it offers no {offer}")
    listed = module.FLOWS if isinstance(module.FLOWS, tuple | list) else [None]
    if not all(isinstance(flow, Flow) for flow in listed):
        raise _unusable(name, "its FLOWS are no tuple of flows")
    return module


def _unusable(name: str, why: str) -> SettingError:
    return SettingError(f"HENJI_FLOW_MODULES is wrong: {name} cannot be used: {why}.")


def _gateways(settings: Settings) -> dict[str, Gateway]:
    """Every gateway that is set up, those that are offered first and in their order.

    One that is no longer offered may still tell of payments that were begun through it.
    """
    set_up = gateways_set_up(settings)
    for name in settings.gateways_named:
        if name not in set_up:
            raise SettingError(f"HENJI_GATEWAYS names {name}, but {GATEWAYS[name][0]} is not set.")
    order = dict.fromkeys([*settings.gateways_named, *set_up])
    return {name: GATEWAYS[name][1](settings) for name in order}


def gateways_set_up(settings: Settings) -> list[str]:
    """The names of the gateways whose key or address is set."""
    return [name for name, (setting, _) in GATEWAYS.items() if getattr(settings, setting)]


def register_sender(runtime: Runtime) -> None:
    """Make HENJI_SENDER our sender number if there is none; SettingError if it is not set."""
    settings = runtime.settings
    transact(runtime.engine, lambda connection: registry.register_first(connection, settings))


def take_published(runtime: Runtime, over: threading.Event) -> None:
    """Speak with what is published, and with every publication until the process is over."""
    runtime.shelf.look(runtime.engine)
    runtime.shelf.watch(runtime.engine, over)


def create_app(runtime: Runtime) -> Flask:
    """The web application: every door, and what every door has in common."""
    app = Flask(__name__, static_folder=None)
    *before, secret = runtime.settings.secret_keys
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, SECRET_KEY=secret, SECRET_KEY_FALLBACKS=before)
    for door in _doors(runtime.settings):
        app.register_blueprint(door(runtime))
    for room in (gateways, payment, opt_out, join, senders, v1, health, metrics):
        app.register_blueprint(room.door(runtime))
    app.register_error_handler(Exception, _answer_error)
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {console.PREFIX: console.door(runtime)}
    )
    if proxies := runtime.settings.HENJI_TRUSTED_PROXIES:
        # The peer's address alone: signatures are checked against PUBLIC_URL, never a header.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=0, x_host=0
        )
    return app


def _doors(settings: Settings) -> list[Door]:
    """Those of every provider that is set up: one that is not chosen any more may still report."""
    return [door for name, (_, door) in PROVIDERS.items() if settings.is_set_up(name)]


def _answer_error(error: Exception) -> Response | tuple[str, int, dict[str, str]]:
    """No traceback leaves: 503, the database away or no place to wait, has the caller try again."""
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    if isinstance(error, HTTPException):
        status, words = error.code or 500, error.name
    else:
        away = isinstance(error, DBAPIError | PoolTimeout | Crowded)
        known = isinstance(error, Crowded)
        logger.error("request.failed", error=type(error).__name__, exc_info=not known and error)
        status, words = (503, "Please try again") if away else (500, "Error")
    if request.path.startswith(document.PREFIX):
        return refusal.answer(error, status)
    return f"{status} {words}\n", status, plain


def serve() -> Flask:
    """The application of a web process; ends it with one line where it cannot start."""
    log.configure()
    try:
        runtime = build_runtime(load(*to_serve()))
        register_sender(runtime)
        take_published(runtime, threading.Event())
    except HenjiError as error:
        raise SystemExit(f"henji: {error}") from None
    except SQLAlchemyError as error:
        raise SystemExit(f"henji: {explain(error, load().DATABASE_URL)}") from None
    return create_app(runtime)
