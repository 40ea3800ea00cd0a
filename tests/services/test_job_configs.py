import json
from dataclasses import replace

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.finetune.config import QUICK
from desra_studio.services.job_configs import (
    ApplyJobConfig,
    CalibrateJobConfig,
    CurveJobConfig,
    DemoJobConfig,
    DeriveJobConfig,
    DetectJobConfig,
    FinetuneJobConfig,
    ImportJobConfig,
    ProveJobConfig,
    PullJobConfig,
    ScoreJobConfig,
    StudyJobConfig,
    UpscaleJobConfig,
)
from desra_studio.services.worker import KINDS
from desra_studio.study.order import StudyOrder
from desra_studio.study.screening import Rules

PARAMS = DetectorParams(contrast_threshold=0.65, area_share=0.01, direction="busier")
FINETUNE = FinetuneJobConfig(
    dataset_id=1,
    training_set_id=2,
    training_set_hash="ab",
    model_id=3,
    samples=4,
    held_out=1,
    held_out_share=0.2,
    feather_sigma=2.0,
    settings=replace(QUICK, iterations=7),
)
CONFIGS = [
    ImportJobConfig("/caf\udce9", "set", PARAMS),
    DetectJobConfig(1, PARAMS),
    UpscaleJobConfig(1, 2, PARAMS),
    DemoJobConfig("/samples", "Demo", 2, PARAMS),
    CalibrateJobConfig(1, "mine"),
    FINETUNE,
    ApplyJobConfig(1, 2, "Be wary."),
    ProveJobConfig(1, 2),
    PullJobConfig("crisp"),
    DeriveJobConfig(model="crisp", dataset_id=None, hr="/hr", max_iterations=5),
    ScoreJobConfig(1, [{"method": "desra", "contrast_threshold": 0.7}]),
    CurveJobConfig(1, {"method": "ldl", "threshold": 0.005}),
    StudyJobConfig(1, StudyOrder("first", (2, 3), images=(4,), rules=Rules(min_votes=2))),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)
def test_a_configuration_comes_back_from_its_row(config):
    assert type(config).read(json.loads(json.dumps(config.as_dict()))) == config


def test_every_kind_of_job_has_one():
    assert {type(config) for config in CONFIGS} == {kind.config for kind in KINDS.values()}


def test_the_settings_of_a_training_lie_beside_the_rest_in_its_row():
    row = FINETUNE.as_dict()
    assert (row["iterations"], row["dataset_id"], "settings" in row) == (7, 1, False)


def test_a_training_from_before_a_setting_was_made_has_its_default():
    row = FINETUNE.as_dict()
    for later in ("held_out", "held_out_share", "discriminator_id", "batch"):
        del row[later]
    read = FinetuneJobConfig.read(row | {"of_long_ago": 1})
    assert read == replace(FINETUNE, held_out=0, held_out_share=0.0, settings=read.settings)
    assert read.settings == replace(FINETUNE.settings, batch=12)


def test_a_study_that_cannot_be_is_refused_as_its_order_is():
    row = {"dataset_id": 1, "order": {"name": "first", "systems": [1]}}
    with pytest.raises(InputError, match="2 to 8 systems, got 1"):
        StudyJobConfig.read(row)
