"""What GAN-SR is compared with, as it is spelled and as it is called."""

import pytest

from desra_studio.errors import InputError
from desra_studio.references import MSE_SR, parse_reference


@pytest.mark.parametrize(
    ("text", "spelling", "title", "folder"),
    [
        ("mse", "mse", "MSE-SR", "MSE-SR"),
        (" lr ", "lr", "LR enlarged", "LR"),
        ("hr", "hr", "HR", "HR"),
        ("other:SwinIR", "other:SwinIR", "SwinIR", "SwinIR"),
        ("other: Größer x4 ", "other:Größer x4", "Größer x4", "Größer x4"),
    ],
)
def test_a_reference_is_read_as_it_is_spelled(text, spelling, title, folder):
    reference = parse_reference(text)
    assert (reference.spelling, reference.title, reference.folder) == (spelling, title, folder)
    assert parse_reference(reference.spelling) == reference
    assert reference.is_enlarged is (spelling == "lr")
    assert (reference == MSE_SR) is (spelling == "mse")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'' is unknown. Give mse, lr, other:NAME or hr"),
        ("LR", "'LR' is unknown"),
        ("SwinIR", "'SwinIR' is unknown"),
        ("lr:SwinIR", "'lr:SwinIR' is unknown"),
        ("other", "'other' has no name"),
        ("other: ", "has no name"),
        ("other:../x", "cannot be called so"),
        ("other:.x", "cannot be called so"),
        ("other:a\nb", "cannot be called so"),
        ("other:gan-sr", "cannot be called so"),
        ("other:" + 61 * "x", "up to 60 letters"),
    ],
)
def test_what_is_no_reference_is_told(text, says):
    with pytest.raises(InputError) as caught:
        parse_reference(text)
    assert says in str(caught.value)
