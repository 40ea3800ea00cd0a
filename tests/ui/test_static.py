"""What the page's modules repeat of the server's has to stay the same."""

import json
import re

from desra_studio.services.regions import KINDS, MAX_SEVERITY
from desra_studio.ui.static_files import STATIC


def test_kinds_are_the_servers():
    text = (STATIC / "review" / "component_row.js").read_text()
    kinds = re.search(r"const KINDS = (\[.*?\]);", text, re.DOTALL).group(1)
    assert tuple(json.loads(kinds.replace(",\n]", "\n]"))) == KINDS
    severities = re.search(r"const SEVERITIES = (\[.*?\]);", text).group(1)
    assert json.loads(severities) == [str(value) for value in range(MAX_SEVERITY + 1)]
