"""The picture of what a design learned, from images of any size."""

import matplotlib.image
import numpy as np
import pytest

from dse.learning_figures import write_png
from objectives.portrait import Portrait
from tests.dse.command import listed


@pytest.mark.parametrize(
    ("height", "width", "neurons", "classes"), [(12, 10, 7, 3), (3, 9, 130, 30)]
)
def test_any_size_of_image_is_drawn(tmp_path, height, width, neurons, classes):
    rng = np.random.default_rng(0)
    shown = Portrait(
        weights=rng.integers(0, 2, (height * width, neurons)).astype(np.float32),
        shape=(height, width),
        wins=rng.integers(0, 9, neurons),
        confusion=np.eye(classes, dtype=np.int64),
        accuracy=1.0,
        curve_images=(100,),
        curve_accuracy=(0.5,),
    )
    write_png(shown, "made up", tmp_path / "l.png")
    picture = matplotlib.image.imread(tmp_path / "l.png")
    assert picture.std() > 0.05  # something is on it


# MLflow's models use a way of SQLAlchemy that is deprecated.
@pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")
@pytest.mark.slow
def test_a_run_leaves_the_picture_of_its_knee(dse, tiny, here):
    answer = dse("run", tiny, "-n", 2, "--tracking", "runs/mlflow.db", "--figures", "knee")
    assert answer.code == 0, answer.err
    pictures = [p.name for p in (here / "runs/tiny").glob("learning-*.png")]
    assert len(pictures) == 1
    logged = [p for p in here.rglob(pictures[0]) if "artifacts" in str(p)]
    assert len(logged) == 1, (answer.err, listed(here))


def test_no_picture_is_made_when_none_is_asked_for(dse, tiny, here):
    assert dse("run", tiny, "-n", 1, "--tracking", "none", "--figures", "none").code == 0
    assert not list((here / "runs/tiny").glob("learning-*.png"))
