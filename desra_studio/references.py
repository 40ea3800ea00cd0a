"""What GAN-SR is compared with: what people call it, and how commands and jobs spell it."""

from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.vocabulary import ReferenceKind

TITLES = {
    ReferenceKind.MSE: "MSE-SR",
    ReferenceKind.LR: "LR enlarged",
    ReferenceKind.HR: "HR",
}
SPELLINGS = "mse, lr, other:NAME or hr"
MAX_NAME = 60
"""Letters of another model's name, which stands in titles of panes and columns."""
TAKEN = {"gan-sr", "mse-sr", "lr", "hr", "gt-mask"}
"""Names, in small letters, that mean something else in a dataset."""


@dataclass(frozen=True)
class Reference:
    """What GAN-SR is compared with.

    Attributes:
        kind: what sort of picture it is.
        model: name of another model, whose output it is; "" for all other kinds.
    """

    kind: ReferenceKind = ReferenceKind.MSE
    model: str = ""

    @property
    def title(self) -> str:
        """What people read in the place of MSE-SR."""
        return self.model or TITLES[self.kind]

    @property
    def spelling(self) -> str:
        """How `parse_reference` reads it."""
        return f"{self.kind}:{self.model}" if self.model else str(self.kind)

    @property
    def folder(self) -> str:
        """The folder of a layout that it lies in, or is made from."""
        return "LR" if self.kind is ReferenceKind.LR else self.title

    @property
    def is_enlarged(self) -> bool:
        """Whether it is made here, of the LR image."""
        return self.kind is ReferenceKind.LR


MSE_SR = Reference()
"""What the method compares with: the output of the same model trained on MSE alone."""


def parse_reference(text: str) -> Reference:
    """Return the reference that a text spells: mse, lr, hr, or other:NAME.

    Raises:
        InputError: it spells none, or a model without a name that can be shown and be a folder's.
    """
    kind, _, model = (part.strip() for part in text.partition(":"))
    if kind not in list(ReferenceKind) or (model and kind != ReferenceKind.OTHER):
        raise InputError(f"The reference {text!r} is unknown. Give {SPELLINGS}.")
    if kind != ReferenceKind.OTHER:
        return Reference(ReferenceKind(kind))
    if not model:
        raise InputError(
            f"The reference {text!r} has no name. Give that of the model, as in other:SwinIR."
        )
    is_folder = model.isprintable() and not model.startswith(".") and "/" not in model
    if len(model) > MAX_NAME or not is_folder or model.lower() in TAKEN:
        raise InputError(
            f"The reference {text[:MAX_NAME]!r} cannot be called so. Give the name of another "
            f"model, up to {MAX_NAME} letters that a folder can have, as in other:SwinIR."
        )
    return Reference(ReferenceKind.OTHER, model)
