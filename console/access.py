"""Which role may use which route: one table, looked at on the server before every request.

A route without a line here is closed to everybody.
"""

from collections.abc import Mapping

from bot.staff.roles import WORKING, Role

Roles = frozenset[Role]

# Before sign-in there is no role yet.
OPEN: Roles = frozenset()
ALL: Roles = WORKING
# Who deals with people, and who looks after the words.
OPERATORS: Roles = frozenset({Role.ADMINISTRATOR, Role.OPERATOR})
EDITORS: Roles = frozenset({Role.ADMINISTRATOR, Role.EDITOR})
ADMINISTRATORS: Roles = frozenset({Role.ADMINISTRATOR})
AUDITORS: Roles = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})

TABLE: Mapping[str, Roles] = {
    "static": OPEN,
    "frame.vendor": OPEN,
    "signing_in.form": OPEN,
    "signing_in.check": OPEN,
    "signing_in.code": OPEN,
    "signing_in.check_code": OPEN,
    "signing_in.set_up": OPEN,
    "signing_in.finish_set_up": OPEN,
    "signing_in.welcome": OPEN,
    "signing_in.take_invitation": OPEN,
    "signing_in.leave": ALL,
    "frame.home": ALL,
    "conversations.page": ALL,
    "conversations.part": ALL,
    "conversations.stream": ALL,
    "conversations.changes": ALL,
    "conversations.one": ALL,
    "conversations.talk": ALL,
    "conversations.new": OPERATORS,
    "conversations.write": OPERATORS,
    "conversations.count": OPERATORS,
    "conversations.take": OPERATORS,
    "conversations.hand_back": OPERATORS,
    "conversations.send": OPERATORS,
    "conversations.typing": OPERATORS,
    "conversations.note": OPERATORS,
    "conversations.unmask": OPERATORS | AUDITORS,
    "conversations.evidence": AUDITORS,
    "conversations.proof": AUDITORS,
    "conversations.record": AUDITORS,
    "queues.first": ALL,
    "queues.page": ALL,
    "queues.counts": ALL,
    "queues.retry": OPERATORS,
    "queues.discard": OPERATORS,
    "queues.release": OPERATORS,
    "queues.settle": OPERATORS,
    "dashboard.page": ALL,
    "dashboard.scripts": ALL,
    "dashboard.export": ALL,
    "rehearsal.simulator": ALL,
    "rehearsal.say": ALL,
    "rehearsal.save": EDITORS,
    "rehearsal.saved_talks": ALL,
    "rehearsal.forget": EDITORS,
    "rehearsal.dry_run": ALL,
    "rehearsal.replay": ALL,
    "rehearsal.flows": ALL,
    "rehearsal.flow": ALL,
    "rehearsal.gallery": ALL,
    "rehearsal.take": EDITORS,
    "canned.everything": ALL,
    "canned.add": EDITORS,
    "canned.change": EDITORS,
    "canned.retire": EDITORS,
    "campaigns.page": ALL,
    "campaigns.one": ALL,
    "campaigns.new": OPERATORS,
    "campaigns.add": OPERATORS,
    "campaigns.people": OPERATORS,
    "campaigns.approve": OPERATORS,
    "campaigns.start": OPERATORS,
    "campaigns.stop": OPERATORS,
    "exports.page": OPERATORS | AUDITORS,
    "exports.new": OPERATORS | AUDITORS,
    "exports.ask": OPERATORS | AUDITORS,
    "exports.take": OPERATORS | AUDITORS,
    "exports.count": ADMINISTRATORS,
    "exports.approve": ADMINISTRATORS,
    "exports.refuse": ADMINISTRATORS,
    "scripts.everything": ALL,
    "scripts.one": ALL,
    "scripts.versions": ALL,
    "scripts.drafts_page": ALL,
    "scripts.draft": ALL,
    "scripts.history": ALL,
    "scripts.publication": ALL,
    "scripts.save": EDITORS,
    "scripts.look": EDITORS,
    "scripts.forget": EDITORS,
    "scripts.ask": EDITORS,
    "scripts.approve": EDITORS,
    "scripts.send_back": EDITORS,
    "scripts.withdraw": EDITORS,
    "scripts.publish": EDITORS,
    "scripts.cancel": EDITORS,
    "scripts.take_back": EDITORS,
    "account.page": ALL,
    "account.language": ALL,
    "account.password": ALL,
    "account.second_factor": ALL,
    "account.recovery_codes": ALL,
    "account.end_session": ALL,
    "account.end_all": ALL,
    "staff.everyone": AUDITORS,
    "staff.one": ADMINISTRATORS,
    "staff.new": ADMINISTRATORS,
    "staff.add": ADMINISTRATORS,
    "staff.change": ADMINISTRATORS,
    "staff.invite": ADMINISTRATORS,
    "staff.end_sessions": ADMINISTRATORS,
    "staff.reset_second_factor": ADMINISTRATORS,
    "staff.rules": AUDITORS,
    "staff.change_rule": ADMINISTRATORS,
    "departments.everyone": AUDITORS,
    "departments.add": ADMINISTRATORS,
    "departments.change": ADMINISTRATORS,
    "audit.page": AUDITORS,
    "audit.export": AUDITORS,
}


def may(role: Role, endpoint: str) -> bool:
    """Whether a role may use a route."""
    allowed = TABLE.get(endpoint)
    return allowed is not None and (allowed is OPEN or role in allowed)
