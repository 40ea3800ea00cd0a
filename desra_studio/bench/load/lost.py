"""Looking for what a server acknowledged, and does not have."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from desra_studio.bench.load.people import Deed
from desra_studio.bench.load.sample import make_numbered_mask
from desra_studio.errors import NotFoundError
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import load_revision_mask
from desra_studio.services.studio import Studio


def find_lost(studio: Studio, deeds: Sequence[Deed]) -> list[str]:
    """Return a line per acknowledged save, or version, that is not there.

    A save is there when its revision has exactly its pixels. Of the deeds on one image, no two may
    have started from one version, each must have led to the next one, the label must have come as
    far as the last of them, and the last save of all must be the current mask.
    """
    lost = [line for deed in deeds if (line := _miss_revision(studio, deed))]
    of_images: dict[int, list[Deed]] = defaultdict(list)
    for deed in deeds:
        of_images[deed.image].append(deed)
    for image, own in of_images.items():
        lost += _find_overwritten(studio, image, sorted(own, key=lambda deed: deed.after))
    return lost


def _miss_revision(studio: Studio, deed: Deed) -> str:
    if deed.revision is None or deed.number is None:
        return ""
    try:
        mask = load_revision_mask(studio, deed.revision)
    except NotFoundError as error:
        return f"revision {deed.revision} of image {deed.image}: {error}"
    if np.array_equal(mask, make_numbered_mask(deed.number)):
        return ""
    return f"revision {deed.revision} of image {deed.image} has other pixels than were saved"


def _find_overwritten(studio: Studio, image: int, deeds: Sequence[Deed]) -> list[str]:
    begun = [deed.before for deed in deeds]
    lost = [
        f"image {image}: {begun.count(version)} deeds were accepted from version {version}"
        for version in sorted(set(begun))
        if begun.count(version) > 1
    ]
    lost += [
        f"image {image}: a deed led from version {deed.before} to {deed.after}"
        for deed in deeds
        if deed.after != deed.before + 1
    ]
    document = describe_image(studio, image)
    if document.version < deeds[-1].after:
        lost.append(f"image {image}: version {document.version}, though {deeds[-1].after} was told")
    saves = [deed for deed in deeds if deed.revision is not None]
    current = document.revision.id if document.revision else None
    if document.version == deeds[-1].after and saves and saves[-1].revision != current:
        lost.append(f"image {image}: revision {current} is current, not {saves[-1].revision}")
    return lost
