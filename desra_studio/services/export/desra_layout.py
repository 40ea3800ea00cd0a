"""DeSRA's own folders, as its release has them and as an import reads them."""

from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.references import MSE_SR
from desra_studio.services.datasets.layout import GAN_FOLDER, LABEL_FOLDER, LR_FOLDER
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.storage import datasets


def fill_folder(export: Export, folder: Path) -> int:
    """Write GAN-SR/, MSE-SR/, LR/ and GT-Mask/NAME.png of every image, labelled or not.

    What GAN-SR is compared with in the place of MSE-SR has a folder of its own name; of LR that is
    enlarged nothing is written, LR is enough.

    GT-Mask has the accepted masks, and an empty one for every clean image. Where nothing is
    upscaled yet, LR stands alone, which is imported as LR images that wait.

    Raises:
        InputError: there is no image at all.
    """
    files = _list_files(export)
    if not files:
        raise InputError(f"{export.dataset.name} has no image. Import some first.")
    for file, sha in export.walk(files.items(), len(files), "Writing the images"):
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(export.studio.blobs.get(sha))
    return len({Path(file).name for file in files})


def _list_files(export: Export) -> dict[str, str]:
    """Return which blob each file is of, by its path within the folder."""
    with export.studio.database.read() as session:
        upscaled = bool(datasets.list_records(session, export.dataset))
        images = datasets.list_images(session, export.dataset.id)
    if not upscaled:
        return {f"{LR_FOLDER}/{image.name}.png": image.lr_sha for image in images if image.lr_sha}
    reference = datasets.get_reference(export.dataset)
    files = {}
    without_lr, unlabelled = [], []
    for record in export.list_records():
        name = record.image.name
        files[f"{GAN_FOLDER}/{name}.png"] = record.gan.blob_sha
        if not reference.is_enlarged:
            files[f"{reference.folder}/{name}.png"] = record.mse.blob_sha
        if record.image.lr_sha:
            files[f"{LR_FOLDER}/{name}.png"] = record.image.lr_sha
        else:
            without_lr.append(name)
        if record.label:
            files[f"{LABEL_FOLDER}/{name}.png"] = record.label.mask_sha
        else:
            unlabelled.append(name)
    export.note(without_lr, f"not in {LR_FOLDER}, they have no LR")
    if reference != MSE_SR:
        how = f"import it with --reference {reference.spelling}"
        export.notes.append(f"GAN-SR is compared with {reference.title}: {how}")
    export.note(unlabelled, f"not in {LABEL_FOLDER}, not accepted or clean")
    return files


DESRA_LAYOUT = FolderFormat(
    title="DeSRA's folders",
    about="GAN-SR, MSE-SR, LR and GT-Mask of all images, as an import reads them.",
    fill=fill_folder,
)
