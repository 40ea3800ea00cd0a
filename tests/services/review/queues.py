"""Reads a dataset's queue, and saves masks in it, for tests."""

from desra_studio.services.review import queue
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import save_mask
from tests.factories.masks import mark_squares


def list_names(studio, dataset, order="name", **values):
    """The names in the queue, as one word."""
    page = queue.read_page(studio, queue.make_filter(dataset, order, **values))
    assert page.total == len(page.items)
    return "".join(item.name for item in page.items)


def find_id(studio, dataset, name):
    """The id of an image."""
    items = queue.read_page(studio, queue.make_filter(dataset)).items
    return next(item.id for item in items if item.name == name)


def read_item(studio, dataset, name, author=None):
    """The image's item of the queue, as its page has it."""
    page = queue.read_page(studio, queue.make_filter(dataset), author=author)
    return next(item for item in page.items if item.name == name)


def save_squares(studio, image, *squares, author=None):
    """Save a mask of 96x96 px; see `mark_squares`."""
    version = describe_image(studio, image).version
    return save_mask(studio, image, mark_squares(*squares), version, author)
