"""What the page's modules repeat of the server's stays the same; what they ask for, they do not."""

import json
import re
from dataclasses import asdict
from pathlib import Path

from desra_studio.finetune.config import PRESETS, QUICK
from desra_studio.services.checks import MAX_NOTE, MAX_PERSON
from desra_studio.services.finetune.candidates import Candidate, split_held_out
from desra_studio.services.review import kinds
from desra_studio.setting import list_settings
from desra_studio.storage.region_label import RegionLabel
from desra_studio.ui.shared.static_files import STATIC


def read_constant(module: str, name: str) -> object:
    found = re.search(rf"const {name} = (.*?);", (STATIC / module).read_text(), re.DOTALL)
    return json.loads(found.group(1))


def test_severities_are_the_servers():
    limits = list_settings(RegionLabel)["severity"]
    texts = [str(severity) for severity in range(limits.least, limits.most + 1)]
    assert read_constant("review/regions/label_fields.js", "SEVERITIES") == texts


def test_what_is_typed_is_as_long_as_the_server_takes_it():
    assert read_constant("review/regions/label_fields.js", "MOST_LETTERS") == MAX_NOTE
    assert read_constant("review/regions/kind_pane.js", "MOST_LETTERS") == kinds.MAX_LENGTH
    assert read_constant("shell/identity.js", "MOST_LETTERS") == MAX_PERSON


def test_no_module_knows_the_kinds_of_a_dataset():
    telling = [kind for kind in kinds.USUAL if " " in kind]
    for module in STATIC.rglob("*.js"):
        text = module.read_text()
        assert not [kind for kind in telling if kind in text], module.name


def test_a_new_dataset_has_a_key_for_each_kind():
    text = (STATIC / "review" / "regions" / "kinds.js").read_text()
    assert len(kinds.USUAL) == int(re.search(r"KEYED_KINDS = (\d+);", text).group(1))


def test_every_setting_of_a_run_has_a_field():
    text = (STATIC / "finetune" / "fields.js").read_text()
    fields = set(re.findall(r"named\(\"(\w+)\"", text))
    assert fields == set(asdict(QUICK)) | {"feather_sigma"}
    presets = re.search(r"PRESETS = \[(.*?)\];", text, re.DOTALL).group(1)
    assert re.findall(r'name: "(\w+)"', presets) == list(PRESETS)


def test_the_page_holds_out_what_the_server_does():
    golden = Path(__file__).parent.parent / "golden" / "held_out.json"
    for case in json.loads(golden.read_text()):
        candidates = [
            Candidate(index, str(index), 0, "", 100 + index, "", 0.1, "", [], rank)
            for index, rank in enumerate(case["ranks"])
        ]
        _, held_out = split_held_out(candidates, case["share"])
        assert [one.image_id for one in held_out] == case["held_out"]
