"""Customer files for tests: a header that fits, and rows of invented people."""

HEADER = "phone,customer_number,name,language,amount_due,currency,due_date"
HANAKO = "090-0000-0001,1000-1234,山田 花子,ja,12800,JPY,2026-12-25"
EMILY = "+1 (202) 555-0123,2000-4321,Emily Carter,en,45.50,USD,2026-12-28"


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    """A CSV in UTF-8 without a mark."""
    return "\n".join((header, *rows, "")).encode()
