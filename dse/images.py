"""The images of a study, checked before anything is run."""

from dse.errors import InputError
from dse.study import Study
from learner.datasets import DatasetError, load


def check_data(study: Study) -> dict[str, str]:
    """Checksums of the images, once they are found sound."""
    try:
        images = load(study.dataset, "train")
    except DatasetError as error:
        raise InputError(f"dataset {error}") from error
    return {"dataset": images.name, "training_files_md5": images.checksum}
