"""The dashboard as staff see it: its figures, whose they are, its address and its file."""

import csv
import io
import json
import re
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot.audit import Act
from bot.overview.dashboard import keeping
from bot.overview.dashboard.figures import HOURLY
from bot.staff import departments
from bot.staff.roles import Role
from bot.store.columns import utc_now
from bot.store.tables import clock_rounds, daily_figures, outbound_messages, senders
from bot.text.format import TOKYO
from tests.console.working import Browser, Working
from tests.messaging import reporting
from tests.people import OURS, Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HANAKO, TARO = "+819000000001", "+819000000002"


@pytest.fixture
def busy(working: Working, texting: Texting) -> Working:
    """Two people asked for help, one answer arrived over docomo, one was filtered."""
    for number in (HANAKO, TARO):
        texting.says(number, "ヘルプ")
    reporting.told(texting, "delivered", message=1, carrier="docomo")
    reporting.told(texting, "undelivered", 30007, message=2, carrier="=1+1")
    with working.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815012345679", brand="みどり"))
        for name, own in (("請求", [1]), ("営業", [2])):
            departments.change(connection, departments.add(connection, name), name, own)
    keeping.turn(working.runtime)
    return working


def tile(browser: Browser, name: str) -> str:
    """The value of a figure at the top."""
    found = re.search(rf"<dt>{name}</dt>\s*<dd><span class=\"tile-value\">([^<]+)<", browser.page)
    assert found, name
    return found[1]


def test_the_figures_of_the_last_week_as_tiles_charts_and_tables(busy: Working) -> None:
    jiro = busy.employs("Jiro").get("/console/dashboard")

    assert jiro.status == 200
    assert (tile(jiro, "Sent"), tile(jiro, "Delivery rate")) == ("2", "50%")
    assert (tile(jiro, "Texts received"), tile(jiro, "Opt-outs")) == ("2", "0")
    charts = [json.loads(found) for found in re.findall(r'data-chart="(.*?)"></div>', jiro.page)]
    assert len(charts) == 6
    assert all(len(chart["labels"]) == 7 for chart in charts)
    assert charts[0]["series"][0]["values"][-1] == 2
    assert jiro.page.count('<th scope="row">') > 6 * 7
    assert "docomo" in jiro.page
    assert "error=30007" in jiro.page
    assert HANAKO not in jiro.page
    assert "common.help" in jiro.get("/console/dashboard/scripts").page


def drawn(browser: Browser) -> list[dict[str, Any]]:
    """What its charts draw."""
    found = re.findall(r'data-chart="(.*?)"></div>', browser.page)
    return [json.loads(each) for each in found]


def looks_at_its_day(working: Working, browser: Browser) -> int:
    """Look at the day of the messages; how many of its hours had begun when it was counted."""
    with working.runtime.engine.begin() as connection:
        counted_at = connection.execute(select(clock_rounds.c.covered_until)).scalar_one()
        sent_at = connection.execute(select(func.min(outbound_messages.c.sent_at))).scalar_one()
    day = sent_at.astimezone(TOKYO).date()
    browser.get(f"/console/dashboard?since={day}&until={day}")
    if browser.status == HTTPStatus.SEE_OTHER:
        browser.follow()
    past = counted_at - datetime.combine(day, time(), TOKYO)
    return min(past // timedelta(hours=1) + 1, 24)


def test_a_single_day_is_shown_by_the_hour_as_far_as_it_has_come(busy: Working) -> None:
    jiro = busy.employs("Jiro")
    begun = looks_at_its_day(busy, jiro)

    messages, received = drawn(jiro)
    assert "By hour" in jiro.page
    assert (len(messages["labels"]), messages["labels"][9]) == (24, "9:00")
    sent, arrived = (each["values"] for each in messages["series"])
    [texts] = (each["values"] for each in received["series"])
    for values, total in ((sent, 2), (arrived, 1), (texts, 2)):
        assert sum(values[:begun]) == total
        assert values[begun:] == [None] * (24 - begun)
    assert jiro.page.count('<th scope="row">9:00</th>') == 2


def test_a_day_that_was_counted_before_hours_were_says_so(busy: Working) -> None:
    with busy.runtime.engine.begin() as connection:
        hourly = daily_figures.c.figure.in_(HOURLY.values())
        connection.execute(delete(daily_figures).where(hourly))
    jiro = busy.employs("Jiro")
    looks_at_its_day(busy, jiro)
    assert drawn(jiro) == []
    assert "This day was not counted by hour." in jiro.page


def test_a_chart_without_any_number_says_so(working: Working) -> None:
    jiro = working.employs("Jiro").get("/console/dashboard")
    assert jiro.page.count("There are no numbers for this period yet.") == 4


def test_a_department_sees_its_own_senders(busy: Working) -> None:
    ours, others = (
        busy.employs(name, department_id=one).get("/console/dashboard?sender=1&department=1")
        for name, one in (("Jiro", 1), ("Ken", 2))
    )
    assert (tile(ours, "Sent"), tile(others, "Sent")) == ("2", "0")
    assert OURS not in others.page
    assert "docomo" not in others.page


def test_its_address_is_short_and_can_be_shared(busy: Working) -> None:
    jiro = busy.employs("Jiro")
    today = datetime.now(TOKYO).date()
    week_ago, long_ago = today - timedelta(days=6), today - timedelta(days=20)

    jiro.get(f"/console/dashboard?since={week_ago}&until={today}&sender=1&department=")
    assert jiro.status == HTTPStatus.SEE_OTHER
    assert jiro.answer.headers["Location"] == "/console/dashboard?period=7&sender=1"
    assert jiro.get(f"/console/dashboard?since={long_ago}&until={week_ago}").status == 200
    assert f'value="{long_ago}"' in jiro.page
    assert tile(jiro, "Sent") == "0"
    assert jiro.get("/console/dashboard?since=x&until=2026-99-99").follow().status == 200
    assert jiro.get("/console/dashboard?period=x&sender=%00&department=-1").status == 200
    assert jiro.get("/console/dashboard?period=today").status == 200


def test_the_numbers_as_a_file_that_no_spreadsheet_runs(busy: Working) -> None:
    jiro = busy.employs("Jiro").get("/console/dashboard?period=30")
    jiro.post("/console/dashboard.csv?period=30")

    assert jiro.answer.mimetype == "text/csv"
    text = jiro.answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    [line] = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    assert (line["day"], line["department"]) == (str(datetime.now(TOKYO).date()), "請求")
    assert (line["sender"], line["sent"], line["arrived"], line["lost"]) == (
        f"'{OURS}",
        "2",
        "1",
        "1",
    )
    assert HANAKO not in text
    assert busy.acts()[-1].act == Act.EXPORT
    assert busy.acts()[-1].subject == "dashboard"


def test_before_the_clock_has_counted_the_page_says_so(working: Working) -> None:
    jiro = working.employs("Jiro").get("/console/dashboard")
    assert (jiro.status, tile(jiro, "Sent")) == (200, "0")
    assert "being counted for the first time" in jiro.page


def test_what_waits_leads_to_its_queue(busy: Working) -> None:
    with busy.runtime.engine.begin() as connection:
        waits = {"status": "queued", "not_before": utc_now()}
        connection.execute(update(outbound_messages).values(waits))
    jiro = busy.employs("Jiro").get("/console/dashboard")

    assert re.search(
        r'href="/console/queues/messages">Messages that are due</a></dt>\s*<dd>'
        r'<span class="tile-value">2<',
        jiro.page,
    )


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.OPERATOR, "/console/conversations"),
        (Role.EDITOR, "/console/dashboard"),
        (Role.AUDITOR, "/console/dashboard"),
        (Role.ADMINISTRATOR, "/console/conversations"),
    ],
)
def test_everybody_begins_where_their_work_is(working: Working, role: Role, place: str) -> None:
    jiro = working.employs("Jiro", role).get("/console/")
    assert jiro.answer.headers["Location"] == place
