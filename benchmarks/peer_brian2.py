"""Time the Diehl & Cook 2015 regime in Brian2's C++ standalone mode: a peer of the learner.

Poisson inputs at up to 63.75 Hz, leaky neurons with refractory time, adaptive threshold and a
reset of all others at a spike, exponential traces, every output spike learns; 250 steps of 1 ms an
image. Traces of both sides and weights are floats.

    pip install brian2 "numpy<2.4"      # in an environment of its own; needs a C++ compiler
    python peer_brian2.py --mnist FOLDER_WITH_IDX_GZ --neurons 400 --images 100

Prints one JSON line: images per second of the compiled program, by wall clock and by the time of
its process.
"""

import argparse
import gzip
import json
import resource
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

STEPS = 250

NEURON = """
dv/dt = -v/(100*ms) : 1 (unless refractory)
dtheta/dt = -theta/(1e7*ms) : 1
"""
SYNAPSE = """
w : 1
dpre/dt = -pre/(20*ms) : 1 (event-driven)
"""


def main() -> None:
    """Build, run and time a few images and print one JSON line."""
    parser = argparse.ArgumentParser(description="Time Brian2 on MNIST.")
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--neurons", type=int, default=400)
    parser.add_argument("--images", type=int, default=100)
    args = parser.parse_args()

    import brian2 as b

    folder = tempfile.mkdtemp()
    b.set_device("cpp_standalone", directory=folder, build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = 0
    b.defaultclock.dt = 1 * b.ms
    b.seed(0)
    with gzip.open(args.mnist / "train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    rate = b.TimedArray(pixels[: args.images] / 255 * 63.75 * b.Hz, dt=STEPS * b.ms)  # noqa: F841
    inputs = b.PoissonGroup(784, rates="rate(t, i)")
    outputs = b.NeuronGroup(
        args.neurons, NEURON, threshold="v > 40 + theta", reset="v = 0; theta += 0.5",
        refractory=5 * b.ms, method="exact",
    )  # fmt: skip
    learn = b.Synapses(
        inputs, outputs, SYNAPSE, on_pre="v_post += w; pre = 1",
        on_post="w = clip(w + 0.01*(pre - 0.4), 0, 1)",
    )  # fmt: skip
    learn.connect()
    learn.w = "0.3*rand()"
    inhibit = b.Synapses(outputs, outputs, on_pre="v_post = 0")
    inhibit.connect(condition="i != j")
    spikes = b.SpikeMonitor(outputs, record=False)
    b.run(args.images * STEPS * b.ms)
    b.device.build(run=False, compile=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    b.device.run(with_output=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        json.dumps(
            {
                "peer": "brian2",
                "neurons": args.neurons,
                "steps": STEPS,
                "images": args.images,
                "images_per_s": args.images / busy,
                "images_per_s_wall": args.images / wall,
                "spikes_per_image": float(spikes.num_spikes) / args.images,
            }
        )
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
