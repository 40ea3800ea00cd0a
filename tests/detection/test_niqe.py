"""The features against a direct implementation; distances that rise as quality falls."""

import importlib.util
from io import BytesIO

import cv2
import numpy as np
import pytest
from scipy.ndimage import correlate1d
from scipy.special import gamma

from desra_studio.assets_folder import find_assets
from desra_studio.detection.niqe import (
    PristineModel,
    compute_distances,
    compute_niqe_map,
    load_pristine_model,
    read_pristine_model,
)
from desra_studio.detection.niqe_features import (
    FEATURES,
    SHIFTS,
    compute_mscn,
    compute_patch_features,
    fit_aggd,
)
from desra_studio.errors import InputError
from desra_studio.imaging.io import compress_jpeg, encode_png, list_images, read_rgb

SAMPLES = list_images(find_assets() / "samples" / "LR")


def make_texture(size=(192, 224), seed=0):
    """Overlapping discs of all sizes: a model of natural images that has their statistics."""
    random = np.random.default_rng(seed)
    large = np.zeros((size[0] * 2, size[1] * 2, 3), np.uint8)
    for radius in np.sort(np.minimum(4 * random.uniform(0, 1, 3000) ** -0.6, 150))[::-1]:
        centre = random.integers(0, (large.shape[1], large.shape[0]))
        colour = random.integers(0, 256, 3).tolist()
        cv2.circle(large, centre.tolist(), int(radius), colour, -1)
    large = large + random.normal(0, 6, large.shape)
    image = cv2.resize(large.clip(0, 255), size[::-1], interpolation=cv2.INTER_AREA)
    return image.round().astype(np.uint8)


def add_noise(image, sigma, seed=0):
    noise = np.random.default_rng(seed).normal(0, sigma, image.shape)
    return (image + noise).round().clip(0, 255).astype(np.uint8)


def blur(image, sigma):
    return cv2.GaussianBlur(image, (0, 0), sigma)


def fit_directly(values):
    """Moments of one list of values; the shape by search over a grid, as the paper's code does."""
    values = values.ravel().astype(np.float64)
    left = np.sqrt((values[values < 0] ** 2).mean())
    right = np.sqrt((values[values > 0] ** 2).mean())
    ratio = left / right
    searched = np.abs(values).mean() ** 2 / (values**2).mean()
    searched *= (ratio**3 + 1) * (ratio + 1) / (ratio**2 + 1) ** 2
    shapes = np.arange(0.2, 10, 0.001)
    table = gamma(2 / shapes) ** 2 / (gamma(1 / shapes) * gamma(3 / shapes))
    shape = shapes[np.argmin((table - searched) ** 2)]
    spread = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return shape, left * spread, right * spread


def compute_features_directly(luma, top, left, patch):
    """The 18 features of one patch of one scale, in float64."""
    offsets = np.arange(7) - 3
    kernel = np.exp(-(offsets**2) / (2 * (7 / 6) ** 2))
    kernel /= kernel.sum()

    def average(values):
        rows = correlate1d(values, kernel, axis=0, mode="nearest")
        return correlate1d(rows, kernel, axis=1, mode="nearest")

    mean = average(luma)
    deviation = np.sqrt(np.maximum(average(luma**2) - mean**2, 0))
    mscn = (luma - mean) / (deviation + 1)

    def cut(down, aside):
        return mscn[top + down : top + down + patch, left + aside : left + aside + patch]

    shape, low, high = fit_directly(cut(0, 0))
    features = [shape, (low + high) / 2]
    for down, aside in SHIFTS:
        shape, low, high = fit_directly(cut(0, 0) * cut(down, aside))
        features += [shape, (high - low) * gamma(2 / shape) / gamma(1 / shape), low, high]
    return features


def test_features_agree_with_a_direct_implementation():
    image = make_texture((200, 210))
    patches = compute_patch_features(image, 96, 32)
    assert patches.tops.tolist() == [0, 32, 64, 96, 104]
    assert patches.lefts.tolist() == [0, 32, 64, 96, 114]
    assert patches.values.shape == (5, 5, FEATURES)
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float64)
    half = luma.reshape(100, 2, 105, 2).mean(axis=(1, 3))
    for row, column in ((1, 1), (2, 3)):  # not at the border: neighbours are needed
        top, left = patches.tops[row], patches.lefts[column]
        expected = [
            *compute_features_directly(luma, top, left, 96),
            *compute_features_directly(half, top // 2, left // 2, 48),
        ]
        assert np.abs(patches.values[row, column] - expected).max() < 2e-3


def test_mscn_of_known_images():
    flat, deviation = compute_mscn(np.full((20, 20), 77, np.float32))
    assert np.abs(flat).max() < 1e-10
    assert np.abs(deviation).max() < 1e-4
    noise = np.random.default_rng(0).normal(128, 20, (200, 200)).astype(np.float32)
    coefficients, deviation = compute_mscn(noise)
    assert abs(coefficients.mean()) < 0.01
    assert 15 < deviation.mean() < 20


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0, 4.0])
def test_fit_finds_the_shape(shape):
    # |x|^shape of a generalized Gaussian follows a gamma distribution; sides scaled by 1 and 3
    # with as much weight each as their scale, as in the asymmetric one.
    random = np.random.default_rng(0)
    sizes = random.gamma(1 / shape, 1, 400_000) ** (1 / shape)
    values = np.where(random.uniform(size=sizes.size) < 0.25, -sizes, 3 * sizes)
    left, right = values[values < 0], values[values > 0]
    moments = ((left**2).mean(), (right**2).mean(), np.abs(values).mean(), (values**2).mean())
    fitted = fit_aggd(*(np.array([moment]) for moment in moments))
    assert fitted[0] == pytest.approx(shape, rel=0.02)
    assert fitted[1] == pytest.approx(1, rel=0.03)
    assert fitted[2] == pytest.approx(3, rel=0.03)


def test_fit_of_nothing_is_finite():
    zero, one = np.zeros(1), np.ones(1)
    assert [float(part[0]) for part in fit_aggd(zero, zero, zero, zero)] == [2, 0, 0]
    for one_sided in (fit_aggd(zero, one, one, one), fit_aggd(one, zero, one, one)):
        assert np.isfinite(one_sided).all()


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((96, 96, 3), np.uint8),
        np.full((97, 131, 3), 255, np.uint8),
        np.tile(np.uint8([[[0], [255]], [[255], [0]]]), (60, 60, 3)),
        np.random.default_rng(0).integers(0, 256, (96, 300, 3), dtype=np.uint8),
    ],
    ids=["black", "white", "checks", "noise"],
)
def test_extremes_are_finite(image):
    result = compute_niqe_map(image)
    assert result.shape == image.shape[:2]
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() < 1000


def test_distance_of_known_models():
    model = PristineModel(np.full(36, 2.0), np.diag(np.full(36, 4.0)), "by hand")
    features = np.full((2, 36), 2.0)
    features[1, 0] = 8
    assert compute_distances(features, model) == pytest.approx([0, 3])
    # Without variance in a direction, the pseudo-inverse leaves that direction out.
    together = PristineModel(np.zeros(36), np.ones((36, 36)), "one direction")
    assert compute_distances(np.full(36, 3.0), together) == pytest.approx(3)


@pytest.mark.parametrize(
    ("worsen", "steps"),
    [(blur, (1.0, 1.5, 2.0)), (add_noise, (15, 25, 40)), (compress_jpeg, (10, 5))],
    ids=["blur", "noise", "jpeg"],
)
def test_distance_rises_as_quality_falls(worsen, steps):
    images = [read_rgb(path).pixels for path in SAMPLES.values()]
    versions = [images, *([worsen(image, step) for image in images] for step in steps)]
    means = [np.mean([compute_niqe_map(image).mean() for image in each]) for each in versions]
    assert means == sorted(means)
    assert means[-1] > 1.4 * means[0]


def test_every_flat_image_is_the_same():
    values = [compute_niqe_map(np.full((101, 130, 3), value, np.uint8)) for value in (0, 77, 255)]
    assert np.ptp(np.stack(values)) < 1e-4


def test_a_noisy_square_is_found():
    image = make_texture((320, 352))
    image[104:216, 120:232] = add_noise(image[104:216, 120:232], 70)
    result = compute_niqe_map(image)
    outside = np.ones(result.shape, bool)
    outside[56:264, 72:280] = False  # half a patch away
    assert result[150:170, 166:186].min() > 1.5 * result[outside].mean()
    row, column = np.unravel_index(result.argmax(), result.shape)
    assert 104 <= row < 216
    assert 120 <= column < 232
    assert np.array_equal(result, compute_niqe_map(image))


def test_one_patch_gives_one_value():
    assert np.ptp(compute_niqe_map(make_texture((97, 96)))) < 1e-4


def test_the_shipped_model():
    model = load_pristine_model()
    assert model.mean.shape == (36,)
    assert np.allclose(model.covariance, model.covariance.T)
    assert np.linalg.eigvalsh(model.covariance).min() > 0
    assert "Kodak" in model.description
    assert load_pristine_model() is model


def load_script():
    path = find_assets() / "niqe" / "fit.py"
    spec = importlib.util.spec_from_file_location("fit", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_fitting_is_repeatable(tmp_path, monkeypatch, capsys):
    script = load_script()
    for folder, seed in (("one", 0), ("two", 1)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "image.png").write_bytes(encode_png(make_texture((256, 256), seed)))
    out = tmp_path / "model.npz"
    folders = [f"--images={tmp_path / folder}" for folder in ("one", "two")]
    written = []
    for _ in range(2):
        monkeypatch.setattr("sys.argv", ["fit.py", *folders, "--name=discs", f"--out={out}"])
        script.main()
        written.append(out.read_bytes())
    assert written[0] == written[1]
    model = read_pristine_model(BytesIO(written[0]))
    assert "2 images: discs; seed 0" in model.description
    assert "image: " in capsys.readouterr().out
    near = compute_niqe_map(make_texture(), model).mean()
    assert near < compute_niqe_map(blur(make_texture(), 2), model).mean()


def test_fitting_refuses_too_few(tmp_path, monkeypatch, capsys):
    (tmp_path / "image.png").write_bytes(encode_png(make_texture((96, 96))))
    out = tmp_path / "model.npz"
    monkeypatch.setattr("sys.argv", ["fit.py", f"--images={tmp_path}", f"--out={out}"])
    with pytest.raises(SystemExit):
        load_script().main()
    assert "1 patches are too few for 36 features" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (np.zeros((200, 95, 3), np.uint8), "95x200 px, smaller than NIQE's patch of 96 px"),
        (np.zeros((200, 200), np.uint8), r"\(H, W, 3\)"),
        (np.zeros((200, 200, 3), np.float32), "float32"),
    ],
)
def test_refuses_images(image, says):
    with pytest.raises(InputError, match=says):
        compute_niqe_map(image)


@pytest.mark.parametrize(("patch", "stride"), [(95, 16), (12, 2), (96, 15), (96, 0)])
def test_refuses_grids(patch, stride):
    with pytest.raises(InputError, match=f"{patch} px every {stride} px"):
        compute_patch_features(np.zeros((200, 200, 3), np.uint8), patch, stride)


def save(**arrays):
    buffer = BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "Not the parameters"),
        (b"text, not a model" * 9, "Not the parameters"),
        (b"PK\x03\x04" + bytes(99), "Not the parameters"),
        (save(mu=np.zeros(36)), "Not the parameters"),
        (save(mu=np.array([{}]), cov=np.eye(36), fitted="x"), "Not the parameters"),
        (save(mu=np.zeros(35), cov=np.eye(36), fitted="x"), r"got \(35,\)"),
        (save(mu=np.full(36, np.nan), cov=np.eye(36), fitted="x"), "not finite"),
    ],
    ids=["empty", "text", "zip", "missing", "pickle", "shape", "nan"],
)
def test_refuses_models(data, says):
    with pytest.raises(InputError, match=says):
        read_pristine_model(BytesIO(data))
