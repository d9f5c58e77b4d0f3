"""The roll call of what the bot can talk about, in the order in which keywords are tried."""

from flows import (
    balance,
    handover,
    language,
    onboarding,
    paid,
    payment,
    promise,
    stop_question,
    wrong_person,
)

FLOWS = (
    stop_question.flow,
    balance.flow,
    payment.flow,
    paid.flow,
    promise.flow,
    wrong_person.flow,
    handover.flow,
    language.flow,
    onboarding.flow,
)
