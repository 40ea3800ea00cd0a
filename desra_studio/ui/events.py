"""How our events behave."""

from typing import Any, Final

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
"""No overlay of Gradio's over what is being read, and no entry in its API listing."""
