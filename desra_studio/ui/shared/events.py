"""How our events behave."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from gradio.blocks import Block
from gradio.events import Dependency

from desra_studio.ui.shared.static_files import STATIC_URL

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
"""No overlay of Gradio's over what is being read, and no entry in its API listing."""

Updates: TypeAlias = dict[Block, Any]
"""New values by component: unlike a tuple, it cannot get out of step with the list of outputs."""


def send(
    trigger: Callable[..., Dependency],
    script: str,
    inputs: Sequence[Block],
    problem: Block,
) -> Dependency:
    """Let a script send what the inputs hold to a route of ours; Gradio itself writes nothing.

    Args:
        trigger: of the event, as `button.click`.
        script: `FILE.js#function`, which takes the values and returns what went wrong, or "".
        inputs: those whose values it gets; a gr.State is not among them, no script can read it.
        problem: shows what it returns.
    """
    module, _, function = script.partition("#")
    js = f"async (...values) => (await import('{STATIC_URL}/{module}')).{function}(...values)"
    return trigger(None, inputs, problem, js=js, **QUIET)
