"""Departments and their senders, as administrators arrange them."""

from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from bot.audit import Act
from bot.staff import departments
from bot.store.tables import senders
from bot.text.whole import whole
from console import visitor
from console.saving import save
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """`/departments`."""
    pages = Blueprint("departments", __name__, url_prefix="/departments")
    pages.add_url_rule("", "everyone", partial(everyone, screens))
    pages.add_url_rule("", "add", partial(add, screens), methods=["POST"])
    change_one = partial(change, screens)
    pages.add_url_rule("/<int:department_id>", "change", change_one, methods=["POST"])
    return pages


def everyone(
    screens: Screens, problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    """All departments, each with its senders."""
    with screens.runtime.engine.connect() as connection:
        found = departments.everyone(connection)
        ours = connection.execute(select(senders.c.id, senders.c.number).order_by(senders.c.id))
        page = screens.show(
            "staff/departments", departments=found, senders=ours.all(), problem=problem
        )
    return page, status


def add(screens: Screens) -> ResponseReturnValue:
    """Make a department."""

    def work(connection: Connection) -> None:
        department_id = departments.add(connection, request.form.get("name", ""))
        visitor.keep(connection, Act.DEPARTMENT_CHANGE, f"department {department_id}")

    return save(screens, work, everyone, "departments.everyone")


def change(screens: Screens, department_id: int) -> ResponseReturnValue:
    """Rename a department, or give it other senders."""
    read = map(whole, request.form.getlist("senders"))
    chosen = [sender_id for sender_id in read if sender_id is not None]

    def work(connection: Connection) -> None:
        departments.change(connection, department_id, request.form.get("name", ""), chosen)
        told = {"senders": chosen}
        subject = f"department {department_id}"
        visitor.keep(connection, Act.DEPARTMENT_CHANGE, subject, details=told)

    return save(screens, work, everyone, "departments.everyone")
