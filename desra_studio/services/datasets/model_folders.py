"""Outputs of several models side by side, as DeSRA's test data has them: a layout per folder."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from desra_studio.errors import InputError, MissingReferenceError
from desra_studio.imaging.io import count_images_within, spell_name
from desra_studio.references import MSE_SR, Reference
from desra_studio.services.checks import join_words
from desra_studio.services.datasets.layout import (
    KNOWN,
    LABEL_FOLDER,
    UPSCALED_LR,
    Layout,
    LayoutFinder,
    find_layout,
    offer_name,
    tell_flat,
    tell_references,
)
from desra_studio.services.uploads.names import show_path

ALONE = ""
"""The model of a folder that holds the outputs of one."""
NAMELESS = "model"


@dataclass(frozen=True)
class ModelLayout:
    """The layout of one model's folder; its `model` is `ALONE` where there is no other."""

    model: str
    folder: Path
    layout: Layout


@dataclass(frozen=True)
class FoundLayouts:
    """The layouts in a folder: its own, or one for each model whose folder lies in it.

    Attributes:
        models: by name; one or more.
        others: files and folders beside the models' that are not used -> why.
        remarks: what is no fault of a file: which folder was read, and what it is called.
    """

    models: list[ModelLayout]
    others: dict[Path, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def alone(self) -> bool:
        """Whether there is one pair of outputs alone, and no model to be named."""
        return self.models[0].model == ALONE


def find_layouts(
    source: Path, suffixes: Sequence[str] = (), reference: Reference = MSE_SR
) -> FoundLayouts:
    """Find the layout of a folder, or those of the models' folders in it.

    A folder with GAN-SR or MSE-SR is its own. Else each folder in it that has both is a model's,
    also where it is the only one. LR images beside the models' folders are those of each that has
    none of its own; masks beside them are nobody's, unless there is one model.

    Args:
        source: the folder.
        suffixes: see `find_layout`.
        reference: what GAN-SR is compared with, in the place of MSE-SR.

    Raises:
        MissingReferenceError: as `find_layout`.
        InputError: as `find_layout`, or models' folders of which each lacks GAN-SR or MSE-SR.
    """
    root = LayoutFinder(source, suffixes, reference) if source.is_dir() else None
    begun = _list_begun(root, suffixes) if root and not root.is_begun else []
    whole = [finder for finder in begun if not finder.missing]
    if root and whole:
        return _find_models(root, begun, whole)
    if root and begun:
        _refuse_models(root, begun)
    return FoundLayouts([ModelLayout(ALONE, source, find_layout(source, suffixes, reference))])


def _list_begun(root: LayoutFinder, suffixes: Sequence[str]) -> list[LayoutFinder]:
    """Return what looks into the folders that have GAN-SR or its reference.

    Where that is made of LR, the LR images beside the models' folders are theirs.
    """
    begun = []
    for folder in root.inner:
        if _is_known(folder.name):
            continue
        try:
            finder = LayoutFinder(folder, suffixes, root.reference)
        except OSError:
            continue  # nobody may look into it, and it may be anybody's
        if finder.is_begun:
            begun.append(finder)
    if root.reference.is_enlarged:
        _share_lr(root, begun)
    return begun


def _share_lr(root: LayoutFinder, finders: Sequence[LayoutFinder]) -> Path | None:
    """Give LR images beside the models' folders to those that have none; returns their folder."""
    lr = root.find_lr_folder()[0]
    for finder in finders:
        if lr and finder.find_lr_folder()[0] is None:
            finder.folders[lr.name.lower()] = lr
    return lr


def _refuse_models(root: LayoutFinder, begun: Sequence[LayoutFinder]) -> None:
    """Raise InputError where no model's folder is whole, unless LR images are to be upscaled.

    Raises:
        MissingReferenceError: what all of them can be compared with is there.
    """
    folder = root.reference.folder
    told = "; ".join(f"{finder.source.name} {finder.describe_missing()}" for finder in begun)
    told = f"{root.source} has no folder in it that has GAN-SR and {folder}: {told}. "
    told += f"Give a folder that has GAN-SR and {folder} in it"
    _share_lr(root, begun)
    offered, *others = (finder.offer_references() for finder in begun)
    common = {it: title for it, title in offered.items() if all(it in other for other in others)}
    if common:
        raise MissingReferenceError(f"{told}{tell_references(common)}.", common)
    if root.reference != MSE_SR or root.find_lr() is None:
        raise InputError(f"{told}.")


def _is_known(name: str) -> bool:
    known = {known.lower() for known in KNOWN}
    return name.lower() in known or UPSCALED_LR.fullmatch(name) is not None


def _find_models(
    root: LayoutFinder, begun: Sequence[LayoutFinder], whole: Sequence[LayoutFinder]
) -> FoundLayouts:
    lr = _share_lr(root, whole)
    names = {begun[0].source: ALONE}
    if len(begun) > 1:
        names = _name_models([finder.source for finder in whole])
    elif LABEL_FOLDER.lower() in root.folders:
        labels = root.folders[LABEL_FOLDER.lower()]
        whole[0].folders.setdefault(LABEL_FOLDER.lower(), labels)
    found = FoundLayouts(
        [ModelLayout(names[finder.source], finder.source, finder.find_pairs()) for finder in whole]
    )
    used = {folder for finder in whole for folder in (finder.source, *finder.folders.values())}
    for finder in begun:
        if finder.missing:
            found.others[finder.source] = f"it {finder.describe_missing()}"
            used.add(finder.source)
    _tell_unused(root, used, found)
    if lr and found.models[1:]:
        _settle_shared(lr, found)
    _tell_names(found)
    return found


def _name_models(folders: Sequence[Path]) -> dict[Path, str]:
    """Return what the models in folders are called, each differing from others in any case."""
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for folder in folders:
        text = unicodedata.normalize("NFC", spell_name(folder.name))
        spaced = "".join(" " if letter.isspace() else letter for letter in text)
        plain = "".join(letter for letter in spaced if letter.isprintable())
        name = wanted = join_words(plain) or NAMELESS
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{wanted} {number}"
        taken.add(name.casefold())
        names[folder] = name
    return names


def _tell_unused(root: LayoutFinder, used: set[Path], found: FoundLayouts) -> None:
    """Say of what lies beside the models' folders why it is not read."""
    for folder in root.inner:
        if folder in used or not count_images_within(folder):
            continue
        if folder.name.lower() == LABEL_FOLDER.lower():
            why = "a mask marks the artifacts of one model: move it into that model's folder"
        elif _is_known(folder.name):
            why = "not read, the models have their LR images from elsewhere"
        else:
            lacks = f"neither GAN-SR nor {root.reference.folder}"
            if root.reference.is_enlarged:
                lacks = "no GAN-SR"
            why = f"not read, it has {lacks}{offer_name(folder.name)}"
        found.others[folder] = why
    found.others.update(tell_flat(root.source))


def _settle_shared(lr: Path, found: FoundLayouts) -> None:
    """Leave each model the shared LR images that it has outputs of; tell of the others once."""
    shared = {
        name: path
        for each in found.models
        for name, path in each.layout.lr.items()
        if path.parent == lr
    }
    proposal = next((p for each in found.models if (p := each.layout.proposal)), "")
    for name, path in sorted(shared.items()):
        if not any(name in each.layout.names for each in found.models):
            found.others[path] = f"no {found.models[0].layout.outputs} of this name.{proposal}"
    for index, each in enumerate(found.models):
        layout, names = each.layout, set(each.layout.names)
        kept = {
            name: path for name, path in layout.lr.items() if path.parent != lr or name in names
        }
        own = {path: why for path, why in layout.others.items() if path.parent != lr}
        found.others.update(layout.others.items() - own.items())
        found.models[index] = replace(each, layout=replace(layout, lr=kept, others=own))


def _tell_names(found: FoundLayouts) -> None:
    for each in found.models:
        name = show_path(spell_name(each.folder.name))
        if found.alone:
            pair = f"GAN-SR and {each.layout.reference.folder}"
            found.remarks.append(f"The folder {name} in it was read: it has {pair}")
        elif each.model != each.folder.name:
            found.remarks.append(f"The model in the folder {name} is called {each.model!r}")
