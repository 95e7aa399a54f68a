"""Time one fully connected SpykeTorch layer on MNIST on one CPU thread: a peer of the learner.

Pixels spike once, the brightest first, in 15 steps; the neuron that fires first learns by STDP:
the task of the one-shot encoding here. SpykeTorch (GPL-3.0, miladmozafari/SpykeTorch) is compared
with, never imported by the project: put its folder on the path of an interpreter of its own.

    pip install torch numpy
    python peer_spyketorch.py --mnist FOLDER_WITH_IDX_GZ --neurons 400 --images 500

Prints one JSON line: images per second by wall clock and by processor time.
"""

import argparse
import gzip
import json
import os
import sys
import time
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
STEPS = 15


def wave_of(torch, image):  # type: ignore[no-untyped-def]
    """Spikes so far, (STEPS, 1, 28, 28), brighter pixels earlier; dark ones never."""
    order = np.flatnonzero(image > 0)
    order = order[np.argsort(-image[order].astype(int), kind="stable")]
    bins = np.full(784, STEPS)
    bins[order] = np.arange(len(order)) * STEPS // max(len(order), 1)
    spikes = (bins[None] <= np.arange(STEPS)[:, None]).astype(np.float32)
    return torch.from_numpy(spikes.reshape(STEPS, 1, 28, 28))


def main() -> None:
    """Time the training of a few images and print one JSON line."""
    parser = argparse.ArgumentParser(description="Time SpykeTorch on MNIST.")
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--neurons", type=int, default=400)
    parser.add_argument("--images", type=int, default=500)
    args = parser.parse_args()

    for name in ("torchvision", "torchvision.transforms", "PIL", "matplotlib.pyplot"):
        sys.modules.setdefault(name, MagicMock())  # its utilities import them, not this network
    import torch
    from SpykeTorch import functional, snn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    with gzip.open(args.mnist / "train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    layer = snn.Convolution(1, args.neurons, 28, 0.5, 0.02)
    stdp = snn.STDP(layer, (0.004, -0.003))
    waves = [wave_of(torch, image) for image in pixels[: args.images + 50]]
    for k, wave in enumerate(waves):
        if k == 50:
            start = time.perf_counter(), time.process_time()
        potentials = layer(wave)
        spikes, potentials = functional.fire(potentials, 40.0, True)
        stdp(wave, potentials, spikes, kwta=1)
    wall, busy = time.perf_counter() - start[0], time.process_time() - start[1]
    print(
        json.dumps(
            {
                "peer": "spyketorch",
                "neurons": args.neurons,
                "steps": STEPS,
                "images": args.images,
                "images_per_s": args.images / busy,
                "images_per_s_wall": args.images / wall,
            }
        )
    )


if __name__ == "__main__":
    main()
