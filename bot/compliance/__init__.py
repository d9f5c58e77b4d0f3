"""What can be shown to an auditor: the ledger of consent, its purposes, and who may not be texted."""
