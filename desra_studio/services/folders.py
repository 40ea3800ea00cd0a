"""Matching the images of several folders by name, and working on many of them at a time."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images
from desra_studio.services.studio import Report

T = TypeVar("T")


def run_parallel(function: Callable[[str], T], names: list[str], report: Report) -> list[T]:
    """Call a function for every name, one per core at a time, and return the answers in order.

    Reading, filtering and writing images leave the interpreter lock, so threads use every core.

    Raises:
        what the function raises first, in order of the names; the rest is not begun.
    """
    answers: list[T] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [pool.submit(function, name) for name in names]
        try:
            for name, future in zip(names, futures, strict=True):
                report(len(answers), len(names), name)
                answers.append(future.result())
        finally:
            for future in futures:
                future.cancel()
    report(len(names), len(names), "done")
    return answers


def match_folders(folders: dict[str, Path]) -> dict[str, dict[str, Path]]:
    """Match images of several folders by name without ending: name -> option -> path.

    Raises:
        InputError: an image that one folder has and another lacks, or nothing at all.
    """
    listed = {option: list_images(folder) for option, folder in folders.items()}
    names = sorted(set().union(*listed.values()))
    if not names:
        raise InputError(f"{' and '.join(map(str, folders.values()))} hold no images.")
    for option, paths in listed.items():
        missing = [name for name in names if name not in paths]
        if missing:
            raise InputError(
                f"{option} {folders[option]} has no image named {', '.join(missing[:5])}"
                f"{' and more' if len(missing) > 5 else ''}. Every folder needs the same names."
            )
    return {name: {option: paths[name] for option, paths in listed.items()} for name in names}
