"""Small real files of every kind that the studio reads, to be damaged."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from desra_studio.assets_folder import find_assets
from desra_studio.bench.kills.home import DATASET, SIDE_PX, make_settings
from desra_studio.bench.mutations.requests import REQUESTS
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.masks import load_revision_mask, pack_mask
from desra_studio.services.studies.lifecycle import describe_study
from desra_studio.services.studio import Studio, open_studio
from desra_studio.sr.loader import build_generator, encode_weights, parse_weights

KINDS = ("image", "mask", "packed mask", "checkpoint", "zip", "labels", "manifest", "request")
ORIENTATION = 0x0112


@dataclass(frozen=True)
class Seed:
    """What is to be damaged.

    Attributes:
        kind: one of KINDS: the door that it is put through.
        name: of the file, with its ending.
        data: its bytes.
        method, path: of a request, whose body it is.
    """

    kind: str
    name: str
    data: bytes
    method: str = ""
    path: str = ""


def make_seeds(data_dir: Path, source: Path, scratch: Path) -> list[Seed]:
    """Make seeds of all kinds.

    Args:
        data_dir: of a home, see `make_home`.
        source: the folder that its dataset was imported from.
        scratch: for files that are written on the way.
    """
    studio = open_studio(make_settings(data_dir))
    link = describe_study(studio, 1).links.personal[0].link
    seeds = [
        *_make_images(),
        *_make_masks(studio),
        *_make_checkpoints(scratch),
        *_make_zips(studio, source, scratch),
        *_make_labels(studio, scratch),
        *_make_manifests(source),
    ]
    studio.database.close()
    for number, (method, path, body) in enumerate(REQUESTS):
        data = json.dumps(body).encode()
        seeds.append(Seed("request", f"{number}.json", data, method, path.format(link=link)))
    return seeds


def _make_images() -> Iterator[Seed]:
    picture = (
        Image.open(find_assets() / "samples" / "LR" / "cat.png").convert("RGB").resize((40, 32))
    )
    turned = Image.Exif()
    turned[ORIENTATION] = 6
    wide = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)
    clear = picture.convert("RGBA")
    clear.putalpha(picture.convert("L"))
    palette = picture.quantize(32)
    yield _encode("image", "rgb.png", picture)
    yield _encode("image", "wide.png", wide)
    yield _encode("image", "palette.png", palette, transparency=3)
    yield _encode("image", "clear.png", clear)
    yield _encode("image", "turned.jpg", picture, exif=turned)
    yield _encode("image", "steps.jpg", picture.convert("CMYK"), progressive=True)
    yield _encode("image", "lossless.webp", clear, lossless=True)
    yield _encode("image", "lossy.webp", picture, exif=turned)
    yield _encode("image", "plain.tif", picture)
    yield _encode("image", "packed.tif", wide, compression="tiff_lzw")
    yield _encode("image", "zipped.tif", clear, compression="tiff_adobe_deflate")
    yield _encode("image", "plain.bmp", picture)


def _make_masks(studio: Studio) -> Iterator[Seed]:
    mask = load_revision_mask(studio, 1)
    grey = Image.fromarray(mask.astype(np.uint8) * 255)
    yield Seed("mask", "plain.png", encode_mask_png(mask))
    yield _encode("mask", "one-bit.png", grey.convert("1"))
    yield _encode("mask", "palette.png", grey.quantize(4))
    yield _encode("mask", "colour.jpg", grey.convert("RGB"))
    yield _encode("mask", "clear.png", Image.merge("RGBA", (grey, grey, grey, grey)))
    yield _encode("mask", "grey.tif", Image.fromarray(mask.astype(np.uint8) * 255))
    runs = pack_mask(mask)
    yield Seed("packed mask", "save", runs, "POST", "/studio/api/images/1/mask")
    yield Seed("packed mask", "draft", runs, "PUT", "/studio/api/images/1/draft")


def _make_checkpoints(scratch: Path) -> Iterator[Seed]:
    bundled = find_assets() / "models" / "desra-demo-gan-x4.safetensors"
    data = bundled.read_bytes()
    weights = parse_weights(data, bundled.name)
    yield Seed(
        "checkpoint",
        "small.safetensors",
        encode_weights(build_generator(weights, "a").module.state_dict()),
    )
    for name, content in {
        "plain.pth": weights,
        "nested.pth": {"params_ema": weights, "iter": 5, "optimizer": [{"param_groups": []}]},
    }.items():
        path = scratch / name
        torch.save(content, path)
        yield Seed("checkpoint", name, path.read_bytes())
    old = scratch / "old.pth"
    torch.save(weights, old, _use_new_zipfile_serialization=False)
    yield Seed("checkpoint", "old.pth", old.read_bytes())


def _make_zips(studio: Studio, source: Path, scratch: Path) -> Iterator[Seed]:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(source.rglob("*.png")):
            if int(path.stem) < 2:
                target.write(path, Path("set") / path.relative_to(source))
        target.writestr("set/GT-Mask/0.png", encode_mask_png(load_revision_mask(studio, 1)))
    yield Seed("zip", "set.zip", packed.getvalue())
    archive = scratch / "archive.zip"
    export_dataset(studio, DATASET, "archive", archive)
    yield Seed("zip", "archive.zip", archive.read_bytes())


def _make_labels(studio: Studio, scratch: Path) -> Iterator[Seed]:
    for form in ("coco", "label-studio", "labelme"):
        out = scratch / form
        export_dataset(studio, DATASET, form, out)
        written = [out] if out.is_file() else sorted(out.rglob("*.json"))
        yield Seed("labels", f"{form}.json", written[0].read_bytes())
    size = f'width="{SIDE_PX}" height="{SIDE_PX}"'
    shapes = (
        '<polygon label="artifact" points="10,10;50,12.5;30,60"/>'
        '<box label="artifact" xtl="5" ytl="5" xbr="40.5" ybr="30" rotation="20"/>'
        '<ellipse label="artifact" cx="50" cy="50" rx="10" ry="5"/>'
        '<mask label="artifact" rle="3, 4, 9" left="2" top="2" width="4" height="4"/>'
    )
    image = f'<image id="0" name="0.png" {size}>{shapes}</image>'
    text = f"<annotations><version>1.1</version>{image}</annotations>"
    yield Seed("labels", "cvat.xml", text.encode())


def _make_manifests(source: Path) -> Iterator[Seed]:
    rows = [
        {name.lower().replace("-", "_"): str(source / name / f"{number}.png")
         for name in ("GAN-SR", "MSE-SR", "LR")}
        for number in range(2)
    ]  # fmt: skip
    lines = "\n".join(json.dumps(row) for row in rows)
    yield Seed("manifest", "set.jsonl", lines.encode())
    table = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    yield Seed("manifest", "set.csv", table.encode())


def _encode(kind: str, name: str, image: Image.Image, **options: object) -> Seed:
    packed = BytesIO()
    form = {"jpg": "JPEG", "tif": "TIFF"}.get(
        name.rpartition(".")[2], name.rpartition(".")[2].upper()
    )
    image.save(packed, form, **options)
    return Seed(kind, name, packed.getvalue())
