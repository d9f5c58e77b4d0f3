"""What an auditor asks for: the ledger of consent, its purposes, and who may not be texted."""
