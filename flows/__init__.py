"""The roll call of what the bot can talk about, in the order in which keywords are tried."""

from flows import balance, handover, language, onboarding, payment

FLOWS = (balance.flow, payment.flow, handover.flow, language.flow, onboarding.flow)
