"""Roles, and what each of them must bring to sign in: an address, a second factor."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from sqlalchemy import Connection, select

from bot.errors import StaffRefused
from bot.store.session import insert
from bot.store.tables import role_rules

MOST_NETWORKS = 50
Network = IPv4Network | IPv6Network


class Role(StrEnum):
    """What a member of staff is there for; a suspended one cannot even sign in."""

    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    SUSPENDED = "suspended"


WORKING = frozenset(Role) - {Role.SUSPENDED}


@dataclass(frozen=True)
class Rule:
    """What a role must bring: a second factor, and an address in one of these networks.

    Without networks it may come from anywhere.
    """

    second_factor: bool = False
    networks: tuple[str, ...] = ()

    def admits(self, address: str) -> bool:
        """Whether an address may be used in this role; what is no address only where all may."""
        if not self.networks:
            return True
        try:
            ours = ip_address(address)
        except ValueError:
            return False
        mapped = getattr(ours, "ipv4_mapped", None) or ours
        return any(mapped in ip_network(network) for network in self.networks)


def rules(connection: Connection) -> Mapping[Role, Rule]:
    """The rule of every role that works. Administrators need a second factor in any case."""
    kept = {
        Role(row.role): Rule(row.second_factor, tuple(row.networks))
        for row in connection.execute(select(role_rules))
    }
    found = {role: kept.get(role, Rule()) for role in Role if role in WORKING}
    networks = found[Role.ADMINISTRATOR].networks
    return {**found, Role.ADMINISTRATOR: Rule(second_factor=True, networks=networks)}


def set_rule(connection: Connection, role: Role, rule: Rule) -> None:
    """Set what a role must bring; StaffRefused for a network that is none, or all of them."""
    row = {
        "role": role,
        "second_factor": rule.second_factor or role is Role.ADMINISTRATOR,
        "networks": [str(network(written)) for written in rule.networks],
    }
    if len(rule.networks) > MOST_NETWORKS:
        raise StaffRefused("too_many_networks", f"A role has at most {MOST_NETWORKS} networks.")
    statement = insert(connection, role_rules).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["role"], set_=row))


def network(written: str) -> Network:
    """A network in CIDR notation, or one address; StaffRefused for anything else."""
    try:
        found = ip_network(written.strip())
    except ValueError:
        raise StaffRefused(
            "no_network", f"{written[:64]} is no network such as 192.0.2.0/24."
        ) from None
    if found.prefixlen == 0:
        raise StaffRefused(
            "every_network", f"{found} would let everybody in: leave the list empty instead."
        )
    return found
