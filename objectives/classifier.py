"""A design as a classifier of plain arrays: fit, predict, score, as scikit-learn calls them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from device_models.library import device
from device_models.params import Array, Pulse
from device_models.ranges import RangeError
from learner.crossbar import AnyCrossbar
from learner.datasets import Images
from learner.events import Events
from learner.network import Trained, respond
from learner.params import Neuron
from learner.readout import Ranked, Strength
from objectives.accuracy import Pixels, answer_images, train_until
from objectives.design import Design, Training, operating
from objectives.evaluate import draw_phases


def small_design(neurons: int = 100, images: int = 10_000, pixels: int = 784) -> Design:
    """A design that learns digits in about a second; its pulses are an assumption, not a study's.

    neurons: output neurons, 2 … 20,000; images: presentations of the training, 100 … 1e6;
    pixels: of an image. The threshold goes with them: one out of reach of a small image's spikes
    lets every presentation time out, and few neurons learn.
    """
    named = device("ut-austin-50nm")
    return Design(
        device=named.mtj,
        breakdown=named.breakdown,
        potentiation=Pulse(amplitude_v=0.65, duration_s=20e-9),
        depression=Pulse(amplitude_v=0.6, duration_s=20e-9),
        array=Array(),
        neuron=Neuron(count=neurons, threshold=max(1.0, 200.0 * pixels / 784)),
        training=Training(images=images, label_images=min(images, 10_000)),
    )


class MtjClassifier:
    """Learns images on one sampled die without labels, then names its neurons by labels.

    X: (n, features) or (n, height, width), uint8 or floats in 0 … 1. y: (n,) any labels, 2 … 256
    classes; they are used only after learning. After `fit`: classes_, trained_, crossbar_.
    """

    def __init__(self, design: Design | None = None, seed: int = 1) -> None:
        self.design = design
        self.seed = seed

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 (their signature)
        """The arguments of the constructor."""
        return {"design": self.design, "seed": self.seed}

    def set_params(self, **params: Any) -> "MtjClassifier":
        """Change arguments of the constructor."""
        for name, value in params.items():
            if name not in self.get_params():
                raise RangeError(f"{name!r} is not a parameter; allowed are design, seed")
            setattr(self, name, value)
        return self

    def fit(self, X: ArrayLike, y: ArrayLike) -> "MtjClassifier":
        """Train on X, in shuffled epochs as the design's training says."""
        pixels, shape = as_pixels(X)
        design = operating(self.design or small_design(pixels=pixels.shape[1]))
        classes, codes = np.unique(np.asarray(y), return_inverse=True)
        if codes.shape != (len(pixels),) or not 2 <= len(classes) <= 256:
            raise RangeError(
                f"y has shape {np.shape(y)} and {len(classes)} classes, but must be one label for "
                f"each of {len(pixels)} images, of 2 … 256 classes"
            )
        die_rng, rng = map(np.random.default_rng, np.random.SeedSequence(self.seed).spawn(2))
        dies = draw_phases(design, pixels.shape[1], die_rng)
        self._known = _images(pixels, shape, codes.astype(np.uint8))
        self._design, self.classes_, self.crossbar_ = design, classes, dies[-1]
        self.trained_ = train_until(design, dies, self._known, rng, design.training.images)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """(n,) labels of X; the same X gets the same labels, whatever was asked before."""
        if not hasattr(self, "trained_"):
            raise RangeError("this classifier has learned nothing; call fit(X, y) first")
        pixels, shape = as_pixels(X)
        if pixels.shape[1] != self._known.pixels.shape[1]:
            raise RangeError(
                f"X has {pixels.shape[1]} features, but fit saw {self._known.pixels.shape[1]}; "
                "give images of one size"
            )
        scored = _images(pixels, shape, np.zeros(len(pixels), np.uint8))
        design = self._design

        def answer(
            pixels: Pixels, trained: Trained, crossbar: AnyCrossbar, rng: np.random.Generator
        ) -> tuple[Ranked, Strength, Events]:
            return respond(pixels, trained, crossbar, design.encoding, rng)

        at_end, rng = (self.trained_, self.crossbar_), np.random.default_rng(self.seed)
        answers = answer_images(design, at_end, (self._known, scored), answer, rng)
        return np.asarray(self.classes_[answers.votes])

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Share of X whose predicted label is that in y."""
        return float(np.mean(self.predict(X) == np.asarray(y)))


def as_pixels(X: ArrayLike) -> tuple[Pixels, tuple[int, int]]:
    """Images as (n, features) uint8, and their (height, width); flat ones count as one row."""
    given = np.asarray(X)
    if given.ndim not in (2, 3) or given.size == 0:
        raise RangeError(
            f"X has shape {given.shape}, but must be (n, features) or (n, height, width)"
        )
    if np.issubdtype(given.dtype, np.floating):
        if not (given.min() >= 0 and given.max() <= 1):  # NaN fails too
            raise RangeError(
                f"X spans {given.min():g} … {given.max():g}, but floats must be 0 … 1; scale X"
            )
        given = np.rint(255 * given).astype(np.uint8)
    elif given.dtype != np.uint8:
        raise RangeError(f"X is {given.dtype}, but must be uint8 or floats in 0 … 1; convert X")
    height, width = given.shape[1:] if given.ndim == 3 else (1, given.shape[1])
    return np.ascontiguousarray(given.reshape(len(given), -1)), (height, width)


def _images(pixels: Pixels, shape: tuple[int, int], labels: NDArray[np.uint8]) -> Images:
    return Images(pixels=pixels, labels=labels, shape=shape, name="array", checksum="")
