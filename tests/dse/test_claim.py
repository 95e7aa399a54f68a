"""`dse claim`: the list, a run that leaves its files, and errors of one line."""

import csv

import pytest

from dse import claims
from tests.dse.command import refused

SMALL = """
[claim]
kind = "short-pulses"
words = "Short pulses forgive."
source = "made up"
device = "reference-40nm"

[parameters]
levels = [1e-9, 1e-7]
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def test_every_claim_that_ships_can_be_read_and_says_where_it_is_from():
    # LAW: six kinds, one file each
    loaded = [claims.load(name) for name in claims.shipped()]
    assert sorted(claim.head.kind for claim in loaded) == sorted(claims.KINDS)
    assert all(claim.head.source and claim.head.words for claim in loaded)


def test_a_claim_is_measured_judged_and_left_on_disk(dse, small, here):
    # LAW: verdict and table are there; PUBLISHED: the order of the slopes, Rehm/Kent
    answer = dse("claim", small, "-o", here / "out")
    assert answer.code == 0
    assert "verdict: reproduced" in answer.out
    assert "rule: " in answer.out
    assert "no test image is opened" in answer.out
    rows = list(csv.reader((here / "out/small.csv").read_text().splitlines()))
    assert [float(row[0]) for row in rows[1:]] == [1e-9, 1e-7]
    assert (here / "out/small.png").read_bytes()[:4] == b"\x89PNG"


def test_without_a_name_the_claims_are_listed(dse):
    answer = dse("claim")
    assert answer.code == 0
    assert all(name in answer.out for name in claims.shipped())


def test_an_unknown_claim_is_one_line(dse, here):
    known = ", ".join(claims.shipped())
    refused(
        dse("claim", "bit-error"),
        f"claim 'bit-error' is unknown; did you mean 'bit-errors'?; shipped are {known}; "
        "or give the path of a .toml file",
        here,
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("short-pulses", "long-pulses", "claim.kind = 'long-pulses' is unknown"),
        ("levels = ", "level = ", "parameters.level: unknown key; did you mean 'levels'?"),
        ("[1e-9, 1e-7]", "1e-9", "parameters.levels = 1e-09 is not a list of numbers"),
        ("[1e-9, 1e-7]", "[1e-9, 1]", "levels = 1 s is outside"),
        ("[1e-9, 1e-7]", "[1e-9, 1e-8]", "pulse = 1e-07 is judged, but not a point"),
        ("words", "wods", "claim.wods: unknown key"),
    ],
)
def test_what_is_wrong_in_a_claim_file_is_one_line(dse, small, before, after, said):
    small.write_text(SMALL.replace(before, after))
    answer = dse("claim", small)
    assert answer.code == 2
    assert len(answer.err) == 1
    assert said in answer.err[0]
