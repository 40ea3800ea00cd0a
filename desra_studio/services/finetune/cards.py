"""What stands on the card of a fine-tuned model."""

from collections.abc import Sequence
from dataclasses import asdict

from desra_studio.finetune.config import compute_kept_share
from desra_studio.services.job_configs import FinetuneJobConfig
from desra_studio.storage.models import TAKEN_AT
from desra_studio.storage.tables import Model


def describe_fine_tuned(
    base: Model, samples: int, config: FinetuneJobConfig, notes: Sequence[str], judge: str
) -> dict[str, object]:
    """Return the card of a model that was made from a base by a training on some samples.

    Args:
        base: what it was made from.
        samples: how many.
        config: of the training.
        notes: what the user has to know of it.
        judge: the discriminator in words; empty where there was none.
    """
    own, settings = ("sha256", "figures", "discriminator", TAKEN_AT), config.settings
    inherited = {key: value for key, value in base.card.items() if key not in own}
    made = f"{base.name}, fine-tuned {settings.iterations} iterations on {samples} samples"
    trained = {"discriminator": judge} if judge else {}
    return (
        inherited
        | trained
        | {
            "source": made,
            "base": base.name,
            "training_set_hash": config.training_set_hash,
            "settings": asdict(settings) | {"feather_sigma": config.feather_sigma},
            "ema_at_end": compute_kept_share(settings.ema, settings.iterations),
            "notes": list(notes),
        }
    )
