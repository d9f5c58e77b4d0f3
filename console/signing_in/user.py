"""A member of staff as Flask-Security sees one, read from and written to our own table."""

from typing import Any

from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import Engine, select, update

from bot.staff.roles import WORKING, Role
from bot.store.session import transact
from bot.store.tables import staff

COLUMNS = ("password", "fs_uniquifier", "tf_primary_method", "tf_totp_secret")


class User(UserMixin):
    """The columns of `staff` that signing in is about; `active` is false while suspended."""

    # Flask-Security looks for these by name before there is any member.
    fs_uniquifier: str = ""
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None

    def __init__(self, **columns: Any) -> None:
        self.id: int = columns["id"]
        self.name: str = columns["name"]
        self.email: str = columns["email"]
        self.role = Role(columns["role"])
        self.password: str | None = columns["password"]
        self.fs_uniquifier = columns["fs_uniquifier"]
        self.tf_primary_method = columns["tf_primary_method"]
        self.tf_totp_secret = columns["tf_totp_secret"]
        self.totp_counter: int | None = columns["totp_counter"]
        self.active = self.role in WORKING
        self.roles: list[RoleMixin] = []

    @property
    def has_second_factor(self) -> bool:
        """Whether a second factor is set up."""
        return self.tf_primary_method is not None and self.tf_totp_secret is not None


class Staff(UserDatastore):
    """Flask-Security's datastore on SQLAlchemy Core: nothing is kept between two requests."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(User, RoleMixin)
        self._engine = engine

    def find_user(self, case_insensitive: bool = False, **by: Any) -> User | None:
        """The member with a value in a unique column, such as email or fs_uniquifier."""
        ((name, value),) = by.items()
        found = select(staff).where(staff.c[name] == value)
        with self._engine.connect() as connection:
            row = connection.execute(found).mappings().one_or_none()
        return None if row is None else User(**row)

    def put(self, user: User) -> User:
        """Keep what Flask-Security may have changed."""
        changed = {name: getattr(user, name) for name in COLUMNS}
        changes = update(staff).where(staff.c.id == user.id).values(changed)
        transact(self._engine, lambda connection: connection.execute(changes))
        return user

    def commit(self) -> None:
        """Nothing is left to do: `put` has committed."""
