"""Time BindsNET's Diehl & Cook 2015 network on MNIST on one CPU thread: the peer of the learner.

Does, for each training image, what BindsNET's own MNIST example does (Poisson encoding, one
network run with learning on, state reset), recording only the excitatory spikes, which its readout
needs.

    pip install bindsnet            # in an environment of its own: it brings torch
    pip install torch numpy && pip install --no-deps bindsnet     # enough: the rest is stubbed
    python peer_bindsnet.py --mnist FOLDER_WITH_IDX_GZ --neurons 400 --steps 250 --images 200

Prints one JSON line: images per second by processor time and by wall clock, milliseconds of
processor time per time step, spikes per image.
"""

import argparse
import gzip
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")


UNUSED = (
    "PIL", "ale_py", "cv2", "gymnasium", "matplotlib", "mpl_toolkits", "pandas", "scipy",
    "skimage", "sklearn", "tensorboardX", "torchvision", "tqdm",
)  # fmt: skip
"""What BindsNET imports and this network does not run."""


class Stub(ModuleType):
    """A module of which every name can be imported, called and inherited from."""

    __path__: list[str] = []  # noqa: RUF012

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {}) if name[0].isupper() else MagicMock()


class Stubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Asked last: finds a stub for what is not installed and not used."""

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def] # noqa: ARG002, D102
        if name.split(".")[0] in UNUSED:
            return importlib.machinery.ModuleSpec(name, self)
        return None

    def create_module(self, spec):  # type: ignore[no-untyped-def] # noqa: D102
        return Stub(spec.name)

    def exec_module(self, module):  # type: ignore[no-untyped-def] # noqa: D102
        pass


sys.meta_path.append(Stubs())


def main() -> None:
    """Time the training of a few images and print one JSON line."""
    parser = argparse.ArgumentParser(description="Time BindsNET on MNIST.")
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--neurons", type=int, default=400)
    parser.add_argument("--steps", type=int, default=250, help="time steps of 1 ms per image")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--warm-up", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    import torch
    from bindsnet.encoding import PoissonEncoder
    from bindsnet.models import DiehlAndCook2015
    from bindsnet.network.monitors import Monitor

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    with gzip.open(args.mnist / "train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    order = np.random.default_rng(args.seed).permutation(len(pixels))
    net = DiehlAndCook2015(
        n_inpt=784,
        n_neurons=args.neurons,
        exc=22.5,
        inh=120,
        dt=1.0,
        norm=78.4,
        theta_plus=0.05,
        inpt_shape=(1, 28, 28),
    )
    spikes = Monitor(net.layers["Ae"], ["s"], time=args.steps)
    net.add_monitor(spikes, "Ae_s")
    encode = PoissonEncoder(time=args.steps, dt=1.0)
    count = 0.0
    start = busy = 0.0
    for k, index in enumerate(order[: args.warm_up + args.images]):
        if k == args.warm_up:
            start, busy, count = time.perf_counter(), time.process_time(), 0.0
        rate = torch.from_numpy(pixels[index].astype(np.float32) / 255.0 * 128.0)
        train = encode(rate.view(1, 28, 28)).view(args.steps, 1, 1, 28, 28)
        net.run(inputs={"X": train}, time=args.steps)
        count += float(spikes.get("s").sum())
        net.reset_state_variables()
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    print(
        json.dumps(
            {
                "peer": "bindsnet",
                "neurons": args.neurons,
                "steps": args.steps,
                "images": args.images,
                "images_per_s": args.images / busy,
                "images_per_s_wall": args.images / wall,
                "ms_per_step": 1e3 * busy / args.images / args.steps,
                "spikes_per_image": count / args.images,
            }
        )
    )


if __name__ == "__main__":
    main()
