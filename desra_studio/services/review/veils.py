"""Keeping the detector from whoever is to label an image blind; `storage.veils` says from whom."""

from desra_studio.errors import ForbiddenError
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, veils


def check_image(studio: Studio, image_id: int, author: str | None = None) -> None:
    """Raise ForbiddenError where the detector is kept from somebody who asks about an image.

    Args:
        studio: the installation.
        image_id: of the image.
        author: who asks; None is the author of the settings.

    Raises:
        ForbiddenError: they have to label it blind first.
        NotFoundError: the image is gone, or not upscaled yet.
    """
    with studio.database.read() as session:
        if not datasets.get_image(session, image_id).is_blind:
            return
        record = datasets.get_record(session, image_id)
        if veils.is_veiled(session, record, author or studio.settings.author):
            raise ForbiddenError(
                f"{record.image.name} is labelled blind: the detector's view comes after you save."
            )


def check_detection(studio: Studio, detection_id: int, author: str | None = None) -> None:
    """Do as `check_image` for the image that a detection is of."""
    with studio.database.read() as session:
        image_id = datasets.get_detection(session, detection_id).image_id
    check_image(studio, image_id, author)
