"""Known models: the bundled pair, and public weights with their partners, sources and sums.

A sum is given only where several projects publish the same one for the file at this address.
RealESRNet_x2plus is not here: its authors describe how to train it but never released it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["gan", "mse", "discriminator"]

BUNDLED = "bundled"
COMPACT = "RealESRGAN Compact"
RRDB = "ESRGAN"
SWINIR = "SwinIR"
UNET_SN = "U-Net SN"
"""Real-ESRGAN's discriminator, a U-Net with spectral norm; spandrel knows none."""

_REAL_ESRGAN = "https://github.com/xinntao/Real-ESRGAN"
_SWINIR = "https://github.com/JingyunLiang/SwinIR"


@dataclass(frozen=True)
class CatalogEntry:
    """A generator, or a discriminator to train one with, that can be had.

    Attributes:
        name: under which it is registered.
        role: gan, mse or discriminator.
        partner: name of the MSE-SR model that a GAN-SR model is compared with; empty for others,
            and where none was published.
        architecture: as spandrel names it.
        scale: output size over input size; of a discriminator, that of what it judges.
        licence: SPDX identifier, or where to read it.
        source: a page that describes it; `bundled` for what ships with the studio.
        url: of the file; empty where a person has to fetch it from the page.
        file: name of the file.
        sha256: of the file in hex, or empty.
        size_bytes: of the file, or 0.
        judges: name of the generator that a discriminator was trained with; empty for others.
    """

    name: str
    role: Role
    partner: str
    architecture: str
    scale: int
    licence: str
    source: str
    url: str
    file: str
    sha256: str = ""
    size_bytes: int = 0
    judges: str = ""

    @property
    def is_bundled(self) -> bool:
        """Whether it ships with the studio."""
        return self.source == BUNDLED


def _describe_bundled(name: str, role: Role, partner: str) -> CatalogEntry:
    return CatalogEntry(
        name=name,
        role=role,
        partner=partner,
        architecture=COMPACT,
        scale=4,
        licence="CC-BY-SA-4.0",
        source=BUNDLED,
        url="",
        file=f"{name}.safetensors",
    )


def _describe_real_esrgan(
    name: str,
    role: Role,
    partner: str,
    architecture: str,
    scale: int,
    release: str,
    sha256: str,
    size_bytes: int,
) -> CatalogEntry:
    return CatalogEntry(
        name=name,
        role=role,
        partner=partner,
        architecture=architecture,
        scale=scale,
        licence="BSD-3-Clause",
        source=_REAL_ESRGAN,
        url=f"{_REAL_ESRGAN}/releases/download/{release}/{name}.pth",
        file=f"{name}.pth",
        sha256=sha256,
        size_bytes=size_bytes,
    )


def _describe_swinir(name: str, role: Role, partner: str, sha256: str, size: int) -> CatalogEntry:
    file = f"003_realSR_BSRGAN_DFO_s64w8_SwinIR-M_x4_{'GAN' if role == 'gan' else 'PSNR'}.pth"
    return CatalogEntry(
        name=name,
        role=role,
        partner=partner,
        architecture=SWINIR,
        scale=4,
        licence="Apache-2.0",
        source=_SWINIR,
        url=f"{_SWINIR}/releases/download/v0.0/{file}",
        file=file,
        sha256=sha256,
        size_bytes=size,
    )


CATALOG: tuple[CatalogEntry, ...] = (
    _describe_bundled("desra-demo-gan-x4", "gan", "desra-demo-mse-x4"),
    _describe_bundled("desra-demo-mse-x4", "mse", ""),
    _describe_real_esrgan(
        "RealESRGAN_x4plus", "gan", "RealESRNet_x4plus", RRDB, 4, "v0.1.0",
        "4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1", 67_040_989,
    ),
    _describe_real_esrgan(
        "RealESRNet_x4plus", "mse", "", RRDB, 4, "v0.1.1",
        "a820b9bde89a874d7599d545567308ce6c128fc8754a53208eda016d40aa81df", 67_040_989,
    ),
    # Nobody publishes its sum.
    replace(
        _describe_real_esrgan(
            "RealESRGAN_x4plus_netD", "discriminator", "", UNET_SN, 4, "v0.2.2.3", "", 0
        ),
        judges="RealESRGAN_x4plus",
    ),
    _describe_real_esrgan(
        "RealESRGAN_x2plus", "gan", "", RRDB, 2, "v0.2.1",
        "49fafd45f8fd7aa8d31ab2a22d14d91b536c34494a5cfe31eb5d89c2fa266abb", 67_061_725,
    ),
    _describe_real_esrgan(
        "realesr-general-x4v3", "gan", "", COMPACT, 4, "v0.2.5.0",
        "8dc7edb9ac80ccdc30c3a5dca6616509367f05fbc184ad95b731f05bece96292", 4_885_111,
    ),
    # Trained from RealESRNet_x4plus, as its options/train/LDL/train_Realworld_LDL.yml says, so
    # that is its partner. Its authors publish it in shared folders only.
    CatalogEntry(
        name="LDL",
        role="gan",
        partner="RealESRNet_x4plus",
        architecture=RRDB,
        scale=4,
        licence="Apache-2.0",
        source="https://github.com/csjliang/LDL/blob/master/experiments/README.md",
        url="",
        file="net_g_RealESRGAN+LDL.pth",
    ),
    _describe_swinir(
        "SwinIR_x4_GAN", "gan", "SwinIR_x4_PSNR",
        "b9afb61e65e04eb7f8aba5095d070bbe9af28df76acd0c9405aeb33b814bcfc6", 67_129_861,
    ),
    _describe_swinir(
        "SwinIR_x4_PSNR", "mse", "",
        "1fd8fed99684bd271db55563e4906d36459cf535446820053f7a1081d4781dc5", 67_129_849,
    ),
)  # fmt: skip


def find_entry(name: str, catalog: Iterable[CatalogEntry] = CATALOG) -> CatalogEntry | None:
    """Return the entry of this name, if there is one."""
    return next((entry for entry in catalog if entry.name == name), None)
