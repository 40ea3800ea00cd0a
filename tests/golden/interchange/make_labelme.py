"""Write the golden files of LabelMe; README.md says with what."""

from pathlib import Path

import numpy as np
from labelme import utils
from labelme._label_file import read_label_file, write_label_file
from PIL import Image
from shapes import BOX, CIRCLE, HEIGHT, POLYGON, WIDTH, make_mask

HERE = Path(__file__).parent


def write(name, *shapes):
    path = HERE / f"{name}.json"
    picture = HERE / f"{name}.png"
    Image.new("L", (WIDTH, HEIGHT)).save(picture)  # LabelMe reads it beside its file
    write_label_file(
        str(path),
        shapes=[
            {"label": "artifact", "group_id": None, "description": "", "flags": {}, "mask": None}
            | shape
            for shape in shapes
        ],
        image_path=picture.name,
        image_height=HEIGHT,
        image_width=WIDTH,
    )
    read = read_label_file(str(path)).shapes
    classes, _ = utils.shapes_to_label((HEIGHT, WIDTH), read, {"artifact": 1})
    Image.fromarray(classes > 0).save(picture)


if __name__ == "__main__":
    mask = make_mask()
    crop = mask[8:22, 5:30]
    left, top, right, bottom = BOX
    write("labelme-mask",
          {"shape_type": "mask", "points": [[0, 0], [WIDTH - 1, HEIGHT - 1]],
           "mask": utils.img_arr_to_b64(mask.astype(np.uint8))})  # fmt: skip
    write("labelme-crop",
          {"shape_type": "mask", "points": [[5.0, 8.0], [29.0, 21.0]],
           "mask": utils.img_arr_to_b64(crop.astype(np.uint8))})  # fmt: skip
    write("labelme-outlines",
          {"shape_type": "polygon", "points": POLYGON},
          {"shape_type": "rectangle", "points": [[right, top], [left, bottom]]},
          {"shape_type": "circle", "points": CIRCLE})  # fmt: skip
