"""How our events behave."""

from typing import Any, Final, TypeAlias

from gradio.blocks import Block

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
"""No overlay of Gradio's over what is being read, and no entry in its API listing."""

Updates: TypeAlias = dict[Block, Any]
"""New values by component: unlike a tuple, it cannot get out of step with the list of outputs."""
