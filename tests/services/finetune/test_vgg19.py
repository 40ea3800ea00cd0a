"""VGG19's weights from the cache, from a server, or not at all, and never with a long wait."""

import hashlib
import threading

import pytest
import torch
from torchvision.models.vgg import cfgs, make_layers

from desra_studio.errors import CancelledError, ModelError
from desra_studio.services.finetune import vgg19
from desra_studio.services.finetune.vgg19 import load_perceptual, locate_vgg
from tests.patience import PATIENCE_S, wait_for


@pytest.fixture(scope="module")
def vgg_file(tmp_path_factory):
    """Random weights, named by their sum as torchvision's are."""
    folder = tmp_path_factory.mktemp("vgg")
    features = make_layers(cfgs["E"], batch_norm=False).state_dict()
    torch.save({f"features.{key}": value for key, value in features.items()}, folder / "vgg.pth")
    begins = hashlib.sha256((folder / "vgg.pth").read_bytes()).hexdigest()[:8]
    return (folder / "vgg.pth").rename(folder / f"vgg19-{begins}.pth")


@pytest.fixture
def place(tmp_path, vgg_file, monkeypatch):
    """Where the weights belong; nothing is there."""
    path = tmp_path / "checkpoints" / vgg_file.name
    monkeypatch.setattr(vgg19, "locate_vgg", lambda: path)
    path.parent.mkdir()
    return path


def ignore(*_):
    pass


def serve(monkeypatch, work):
    monkeypatch.setattr(vgg19, "download_file", work)


def test_the_cache_is_torchvisions(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    assert locate_vgg() == tmp_path / "hub" / "checkpoints" / "vgg19-dcbb9e9d.pth"


def test_weights_that_are_there_are_not_fetched(place, vgg_file, monkeypatch):
    serve(monkeypatch, None)
    place.write_bytes(vgg_file.read_bytes())
    loss, missing = load_perceptual(ignore)
    assert missing == ""
    image = torch.rand(1, 3, 16, 16)
    assert loss(image, image) == 0


def test_weights_are_fetched_once(place, vgg_file, monkeypatch):
    told = []

    def send(_url, destination, report):
        report(1, 2, "Fetching vgg19")
        wait_for(lambda: (1, 2, "Fetching vgg19") in told, "the word of how far it is")
        destination.write_bytes(vgg_file.read_bytes())

    serve(monkeypatch, send)
    assert load_perceptual(lambda *step: told.append(step))[1] == ""
    assert (1, 2, "Fetching vgg19") in told
    assert [path.name for path in place.parent.iterdir()] == [vgg_file.name]


def test_without_them_the_loss_is_off_and_says_why(place, vgg_file, monkeypatch):
    def refuse(url, _destination, **_):
        raise ModelError(f"{url} cannot be fetched (offline).")

    def spoil(_url, destination, **_):
        destination.write_bytes(b"something else")

    for work, says in ((refuse, "(offline)"), (spoil, "came damaged")):
        serve(monkeypatch, work)
        expect_none(vgg_file, place, says)


def test_a_server_that_says_nothing_is_not_waited_for(place, vgg_file, monkeypatch):
    over = threading.Event()
    serve(monkeypatch, lambda *_, **__: over.wait(PATIENCE_S))
    monkeypatch.setattr(vgg19, "PATIENCE_S", 0.4)
    expect_none(vgg_file, place, "said nothing")
    over.set()


def expect_none(vgg_file, place, says):
    """Nothing is loaded, nothing is left, and the user is told why and what to do."""
    loss, missing = load_perceptual(ignore)
    assert loss is None
    assert missing.startswith("The perceptual loss was off")
    assert says in missing
    assert missing.endswith(f"Put torchvision's {vgg_file.name} at {place} to train with it.")
    assert list(place.parent.iterdir()) == []


def test_waiting_can_be_cancelled(place, monkeypatch):
    over = threading.Event()

    def cancel(*_):
        raise CancelledError("stop")

    serve(monkeypatch, lambda *_, **__: over.wait(PATIENCE_S))
    with pytest.raises(CancelledError):
        load_perceptual(cancel)
    over.set()
