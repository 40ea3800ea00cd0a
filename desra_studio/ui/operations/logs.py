"""The server's log: as text for who sits at it, or a JSON object a line for programs."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from uvicorn.config import LOGGING_CONFIG

from desra_studio.services.studio import Studio
from desra_studio.ui.operations.request_watch import CURRENT_ID, Answered

FIELDS = "fields"
REQUESTS = logging.getLogger("desra_studio.requests")
OURS = logging.getLogger("desra_studio")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, a fault's trace within it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: time (ISO, UTC), level, logger, message, id of the request, fields."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := CURRENT_ID.get():
            line["id"] = request_id
        line |= getattr(record, FIELDS, {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_answered(answered: Answered) -> None:
    """Write a line on a request, where requests are logged."""
    if not REQUESTS.isEnabledFor(logging.INFO):
        return
    fields = {
        "id": answered.id,
        "method": answered.method,
        "route": answered.route,
        "status": answered.status,
        "ms": round(1000 * answered.seconds, 1),
        "user": answered.user,
        "bytes": answered.sent,
    }
    REQUESTS.info("answered", extra={FIELDS: fields})


def set_up_logs(studio: Studio) -> dict[str, Any] | None:
    """Make this process log as its settings say, and return uvicorn's own configuration.

    As text, only what went wrong is written; as JSON, a line per request, too. Both on standard
    error.
    """
    if studio.settings.log != "json":
        return LOGGING_CONFIG
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    OURS.setLevel(logging.INFO)
    return None
