"""The rules of the house: imports point one way, and some libraries have one room only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

# From the ground up; a room may import rooms of lower floors and its own.
FLOORS = (
    ("bot.errors",),
    ("bot.text",),
    ("bot.setting_types", "bot.settings", "bot.log"),
    ("bot.dialogue",),
    ("flows",),
    ("bot.store",),
    ("bot.alerts", "bot.audit"),
    ("bot.scripts",),
    (
        "bot.providers",
        "bot.billing",
        "bot.senders",
        "bot.payments.gateways",
        "bot.compliance",
        "bot.staff",
    ),
    ("bot.runtime",),
    ("bot.limits",),
    ("bot.messaging",),
    ("bot.payments", "bot.overview", "bot.campaigns"),
    ("bot.rehearsal", "bot.rotation"),
    ("webhooks", "pages", "api", "console"),
    ("bot.app",),
    ("bot.jobs", "bot.chat", "bot.doctor"),
    ("bot.demo", "bot.processes"),
    ("bot.commands",),
    ("bot.cli", "bot.__main__"),
    ("wsgi",),
)
OURS = ("bot", "flows", "webhooks", "pages", "api", "console", "handset", "wsgi")
ONLY_IN = {
    "twilio": {"bot.providers.twilio", "webhooks.twilio"},
    "aiohttp": {"bot.providers.wire"},
    "jwt": {"bot.providers.vonage", "webhooks.vonage"},
    "phonenumbers": {"bot.text.phone"},
    "transitions": {"bot.dialogue.flow", "bot.dialogue.consent"},
    "stripe": {"bot.payments.gateways.stripe_calls"},
    "flask_security": {"console.signing_in.security", "console.signing_in.user"},
    "rq": {"bot.messaging.doorbell", "bot.jobs"},
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}


def floor_of(module: str) -> int | None:
    """The floor of the most specific room that a module lies in."""
    rooms = [
        (len(room), floor)
        for floor, names in enumerate(FLOORS)
        for room in names
        if module == room or module.startswith(f"{room}.")
    ]
    return max(rooms)[1] if rooms else None


def module_of(file: Path, root: Path = ROOT) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def imports_of(source: str) -> Iterator[str]:
    """Every module that a source imports, with the names taken from it as candidates."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import hides where its arrow points"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def arrows_up(module: str, source: str) -> list[str]:
    """The imports of a module that point to a higher floor, or into the handset."""
    here = floor_of(module)
    if here is None:
        return []
    return [
        target
        for target in imports_of(source)
        if (target.split(".")[0] == "handset" and not module.startswith("bot.demo"))
        or ((floor := floor_of(target)) is not None and floor > here)
    ]


def ours() -> list[Path]:
    folders = [ROOT / name for name in OURS if (ROOT / name).is_dir()]
    return [*(file for folder in folders for file in folder.rglob("*.py")), ROOT / "wsgi.py"]


@pytest.mark.parametrize("file", ours(), ids=module_of)
def test_no_import_points_up(file: Path) -> None:
    assert arrows_up(module_of(file), file.read_text("utf-8")) == []


def test_an_arrow_that_points_up_is_found() -> None:
    assert arrows_up("bot.dialogue.decide", "from bot.store import tables") == ["bot.store.tables"]
    assert arrows_up("bot.text.phone", "import bot.settings") == ["bot.settings"]
    assert arrows_up("bot.messaging.inbox", "from handset import server") == ["handset.server"]


def test_an_import_that_hides_its_arrow_is_found() -> None:
    with pytest.raises(AssertionError, match="relative import"):
        arrows_up("bot.text.mask", "from ..messaging import outbox")


@pytest.mark.parametrize("file", ours(), ids=module_of)
def test_only_flows_of_ones_own_are_imported_by_name(file: Path) -> None:
    if module_of(file) != "bot.app":
        assert "importlib" not in file.read_text("utf-8")


@pytest.mark.parametrize("file", ours(), ids=module_of)
def test_every_file_has_a_floor(file: Path) -> None:
    module = module_of(file)
    assert module == "bot" or module.startswith("handset") or floor_of(module) is not None


@pytest.mark.parametrize("file", ours(), ids=module_of)
def test_the_handset_imports_nothing_of_the_bot_but_text(file: Path) -> None:
    if module_of(file).startswith("handset"):
        foreign = [name for name in imports_of(file.read_text("utf-8")) if _is_ours(name)]
        assert [name for name in foreign if not name.startswith("bot.text.")] == []


def _is_ours(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in set(OURS) - {"handset"}


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_in_its_own_room_only(library: str) -> None:
    rooms = {
        module_of(file)
        for file in ours()
        if any(name.split(".")[0] == library for name in imports_of(file.read_text("utf-8")))
    }
    assert rooms <= ONLY_IN[library]


@pytest.mark.parametrize("file", ours(), ids=module_of)
def test_every_file_says_what_lives_in_it(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text("utf-8")))
    assert file.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("file", ours(), ids=module_of)
def test_only_settings_read_the_environment(file: Path) -> None:
    readers = {"bot.settings", "bot.demo", "bot.processes", "handset.settings", "handset.__main__"}
    if module_of(file) not in readers:
        assert "os.environ" not in file.read_text("utf-8")
