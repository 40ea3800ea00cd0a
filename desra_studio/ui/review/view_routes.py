"""The routes of what can be seen of an image beside its whole outputs: tiles, map, classes, LR."""

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from desra_studio.services.datasets.pictures import Thumbnails, TileCutter
from desra_studio.services.detection.map_views import (
    get_lr_path,
    list_class_names,
    pack_classes,
    pack_map,
    render_map,
)
from desra_studio.services.review import veils
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import User, answer_packed, keep_named

PNG = "image/png"


def add_view_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""
    cutter, thumbnails = TileCutter(studio), Thumbnails(studio)

    @router.get("/renditions/{rendition_id}/tiles/{level}/{column}_{row}.png")
    def read_tile(rendition_id: int, level: int, column: int, row: int, v: str = "") -> Response:
        tile = cutter.cut(rendition_id, level, column, row)
        return Response(tile, media_type=PNG, headers=keep_named(v))

    @router.get("/detections/{detection_id}/map.png")
    def read_map_picture(detection_id: int, user: User, v: str = "") -> Response:
        veils.check_detection(studio, detection_id, user)
        image = render_map(studio, detection_id)
        return Response(image, media_type=PNG, headers=keep_named(v))

    @router.get("/detections/{detection_id}/map.bin")
    def read_map(detection_id: int, user: User, v: str = "") -> Response:
        veils.check_detection(studio, detection_id, user)
        return answer_packed(pack_map(studio, detection_id), keep_named(v))

    @router.get("/detections/{detection_id}/classes.bin")
    def read_classes(detection_id: int, user: User, v: str = "") -> Response:
        veils.check_detection(studio, detection_id, user)
        return answer_packed(pack_classes(studio, detection_id), keep_named(v))

    @router.get("/api/classes")
    def read_class_names() -> tuple[str, ...]:
        return list_class_names()

    @router.get("/images/{image_id}/thumbnail.png")
    def read_thumbnail(image_id: int) -> Response:
        return Response(thumbnails.render(image_id), media_type=PNG, headers=keep_named(""))

    @router.get("/images/{image_id}/lr.png")
    def read_lr(image_id: int, v: str = "") -> FileResponse:
        path = get_lr_path(studio, image_id)
        return FileResponse(path, media_type=PNG, headers=keep_named(v))
