"""dse sync: a stored study in MLflow, however often it is asked for."""

from dataclasses import replace

import pytest

from dse import front, live, tracking
from dse.front_files import picture_path
from dse.live import Place, tracked_at
from dse.storage import storage_url
from dse.study import configuration
from dse.sync import sync

# MLflow's models use a way of SQLAlchemy that is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def silent(_):
    """Says nothing."""


def members(record):
    pairs = zip(record.finished, front.roles(record), strict=True)
    return [trial for trial, role in pairs if role in front.SHOWN]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An empty MLflow database."""
    folder = tmp_path_factory.mktemp("synced")
    return Place(uri=storage_url(str(folder / "mlflow.db")), artifacts=folder / "files")


def test_a_second_sync_adds_nothing(finished, place, tmp_path):
    first = sync(finished, place, tmp_path, silent, everything=False)
    again = sync(finished, place, tmp_path, silent, everything=False)
    assert (first.designs, first.new) == (len(members(finished)),) * 2
    assert (again.designs, again.new) == (first.designs, 0)


def test_every_trial_if_it_is_wanted(finished, place, tmp_path):
    sync(finished, place, tmp_path, silent, everything=False)
    found = sync(finished, place, tmp_path, silent, everything=True)
    assert found.designs == len(finished.finished)


def test_a_view_that_is_lost_is_built_again_from_the_storage(finished, place, tmp_path):
    new = Place(uri=storage_url(str(tmp_path / "new.db")), artifacts=tmp_path / "files")
    sync(finished, place, tmp_path / "runs", silent, everything=False)
    sync(finished, new, tmp_path / "runs", silent, everything=False)
    old, built = (tracking.open_view(where, finished) for where in (place, new))
    for trial in members(finished):
        a, b = (v.client.get_run(v.children[trial.number].run_id).data for v in (old, built))
        assert (a.params, a.metrics) == (b.params, b.metrics)


def test_a_picture_that_the_run_left_goes_to_its_design(finished, place, tmp_path):
    drawn = members(finished)[0]
    picture_path(tmp_path, drawn).write_bytes(b"a picture")
    sync(finished, place, tmp_path, silent, everything=False)
    view = tracking.open_view(place, finished)
    run_id = view.children[drawn.number].run_id
    listed = {file.path for file in view.client.list_artifacts(run_id)}
    assert f"learning-{drawn.number}.png" in listed


def test_a_sync_while_the_study_runs_doubles_nothing(finished, tmp_path):
    place = Place(uri=storage_url(str(tmp_path / "mlflow.db")), artifacts=tmp_path / "files")
    warnings: list[str] = []
    tracker = live.Tracker(place, finished, warnings.append)
    assert tracker._answered.wait(60)
    sync(finished, place, tmp_path, silent, everything=False)
    tracker.finish(finished, ())
    view = tracking.open_view(place, finished)
    runs = view.client.search_runs([view.experiment_id])
    assert warnings == []
    assert len(runs) == 1 + len(members(finished))


def test_the_command_says_how_many_runs_there_are(dse, stored):
    record, storage = stored
    answer = dse("sync", "fake", "--storage", storage)
    assert answer.code == 0
    count = len(members(record))
    assert answer.out.startswith(
        f"fake: {count} designs in MLflow at runs/mlflow.db, {count} of them new; see them: "
    )


def test_nowhere_to_log_to_is_an_error_of_use(dse, stored):
    answer = dse("sync", "fake", "--storage", stored[1], "--tracking", "none")
    assert answer.code == 2
    assert answer.err == [
        "dse: --tracking none: nowhere to log to; give the file or address of MLflow"
    ]


def test_a_tracking_database_that_is_none_is_one_line(dse, stored, here):
    (here / "broken.db").write_text("this is no database " * 100)
    answer = dse("sync", "fake", "--storage", stored[1], "--tracking", "broken.db")
    assert answer.code == 1
    assert answer.err[-1].startswith("dse: MLflow at ")
    assert (
        "broken.db does not work ((sqlite3.DatabaseError) file is not a database)"
        in answer.err[-1]
    )
    assert answer.err[-1].endswith("give another --tracking, or sync later")


def test_places_of_an_address(tmp_path):
    assert tracked_at("none") is None
    assert tracked_at("http://somewhere:5000") == Place(uri="http://somewhere:5000")
    url = storage_url(str(tmp_path / "new" / "ml.db"))
    assert tracked_at(url) == Place(uri=url, artifacts=tmp_path / "new" / "ml-artifacts")
    assert (tmp_path / "new").is_dir()


def test_what_is_seen_of_a_running_study(finished, place):
    """Its hypervolume so far, which needs corners that do not move."""
    bare, given = (
        replace(finished, id=name, configuration=configuration(study))
        for name, study in (
            ("bare", replace(finished.study, reference={})),
            ("given", replace(finished.study, reference=front.corners(finished))),
        )
    )
    steps = {}
    for record in (bare, given):
        view = tracking.open_view(place, record)
        tracking.log_so_far(view, record)
        history = view.client.get_metric_history(view.parent_id, "hypervolume_so_far")
        steps[record.id] = [(metric.step, metric.value) for metric in history]
    assert steps == {"bare": [], "given": front.hypervolume_curve(given)}
