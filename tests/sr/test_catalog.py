"""The table of known models holds together."""

import pytest
from spandrel import MAIN_REGISTRY

from desra_studio.sr.catalog import CATALOG, find_entry


def test_names_and_files_are_unique():
    for values in ([entry.name for entry in CATALOG], [entry.file for entry in CATALOG]):
        assert len(set(values)) == len(values)
    assert find_entry("nobody") is None


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_entries(entry):
    assert find_entry(entry.name) is entry
    known = {str(support.architecture.name) for support in MAIN_REGISTRY}
    assert (entry.architecture in known) == (entry.role != "discriminator")
    assert entry.licence
    if entry.is_bundled:
        assert (entry.url, entry.file) == ("", f"{entry.name}.safetensors")
    elif entry.url:
        assert entry.url.startswith(entry.source)
        assert entry.url.endswith(f"/{entry.file}")
        # Of the discriminator nobody publishes them.
        assert (len(entry.sha256) == 64) == (entry.role != "discriminator")
        assert (entry.size_bytes > 1_000_000) == (entry.role != "discriminator")
    if entry.judges:
        judged = find_entry(entry.judges)
        assert (entry.role, judged.role, judged.scale) == ("discriminator", "gan", entry.scale)
    if entry.partner:
        partner = find_entry(entry.partner)
        assert (entry.role, partner.role, partner.scale) == ("gan", "mse", entry.scale)
        assert partner.is_bundled == entry.is_bundled
