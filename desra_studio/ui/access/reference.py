"""Writes docs/access.md from the table: python -m desra_studio.ui.access.reference FILE."""

import sys
from pathlib import Path

from desra_studio.ui.access.table import EVENT_ROLES, RULES

HEAD = """# Who may ask what

Made from the table that guards the server; what does not stand here is answered to nobody. A role
may do what those to the left of it may. *Trail* marks what the audit trail keeps; it keeps every
refusal to somebody who is signed in, too. [How users sign in](users.md). `GET /metrics` is answered
to who carries [its token](operations.md#figures), too.

| Route | anybody | reviewer | curator | admin | trail |
|---|---|---|---|---|---|
"""
EVENTS_HEAD = """
## Events of Gradio's pages

All of them only read. They are sent to `/gradio_api/queue/join` and `/gradio_api/run/predict`.

| Handler | role |
|---|---|
"""
COLUMNS = ("anybody", "reviewer", "curator", "admin")


def render_access() -> str:
    """Return the page: a row per route, a column per role."""
    rows = []
    for rule in RULES:
        first = COLUMNS.index(rule.role or "anybody")
        marks = ["yes" if index >= first else "" for index in range(len(COLUMNS))]
        trail = "yes" if rule.is_told else ""
        rows.append(f"| `{rule.route}` | {' | '.join([*marks, trail])} |\n")
    events = [f"| `{name}` | {role} |\n" for name, role in EVENT_ROLES.items()]
    return "".join([HEAD, *rows, EVENTS_HEAD, *events])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_access())
