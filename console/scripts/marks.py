"""Marks: by its own a form tells which words were on the page that it was made from."""

import hashlib
import json

from bot.scripts.drafts import Draft


def mark(told: object) -> str:
    """What tells something that JSON can hold from anything else."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def of_draft(draft: Draft) -> str:
    """The mark of all that a reviewer looks at."""
    changes = [[*slot, content] for slot, content in draft.changes.items()]
    return mark([changes, draft.reason, dict(draft.accepted)])
