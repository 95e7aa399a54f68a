"""docs/command.md says what the command is: commands, exit codes, shared options, JSON keys."""

import json
import re
from pathlib import Path

import pytest
import typer

from dse import cli, errors, workers
from dse.cli_options import STORAGE, TRACKING
from dse.demo_asked import CHANGEABLE
from tests.dse import fakes
from tests.dse.command import TINY

PAGE = (Path(__file__).parents[2] / "docs/command.md").read_text(encoding="utf-8")
NO_JSON = {"init", "run", "worker", "slurm-script", "sync", "ui"}
"""They write files, or run until they are stopped."""


def table(heading):
    """Rows of the first table under a heading, cells as text."""
    lines = PAGE[PAGE.index(heading) :].splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("|---"))
    rows = []
    for line in lines[first + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def names(text):
    return re.findall(r"`([^`]+)`", text)


@pytest.fixture(scope="module")
def options():
    """Command -> its options."""
    found = typer.main.get_command(cli.app)
    return {
        name: {text for each in command.params for text in (*each.opts, *each.secondary_opts)}
        for name, command in found.commands.items()
    }


def test_every_command_is_there_in_order_with_an_example_of_its_own(options):
    rows = table("# The command")
    assert [names(row[0])[0] for row in rows] == list(options)
    for row in rows:
        example = names(row[2])[0].split()
        assert example[:2] == ["dse", names(row[0])[0]]
        given = {word for word in example if word.startswith("-")}
        assert given <= options[example[1]] | {"-n"}, row


def test_shared_options_are_those_of_the_commands_that_are_named(options):
    rows = {names(row[0])[0].split()[0]: row[1] for row in table("## Options that commands share")}
    for option in ("--storage", "--tracking", "-S", "--pick", "-j", "-o", "--csv"):
        having = {name for name, known in options.items() if option in known}
        assert set(rows[option].split(", ")) == having, option
    lacking = {name for name, known in options.items() if "--json" not in known}
    assert lacking == NO_JSON
    assert rows["--json"] == "all but init, run, worker, slurm-script, sync, ui"
    assert f"`{STORAGE}`" in PAGE
    assert f"`{TRACKING}`" in PAGE
    assert "device.barrier" in CHANGEABLE  # the example of -S with demo


def test_every_exit_code_is_there_with_an_example():
    rows = table("## Exit codes")
    codes = [errors.DONE, errors.FAILED, errors.BAD_INPUT, errors.NO_DESIGN, errors.PARTIAL]
    assert [int(row[0]) for row in rows] == [*codes, errors.INTERRUPTED]
    assert all(len(row) == 3 and row[2] for row in rows)


def documented(command):
    (row,) = [row for row in table("## JSON") if names(row[0]) == [command]]
    return [set(names(part)) for part in row[1].split("with a name")]


def keys(answer, command):
    found = json.loads(answer.out)
    assert (found.pop("schema_version"), found.pop("command")) == (1, command)
    return set(found)


def test_every_command_with_json_is_described(options):
    assert {names(row[0])[0] for row in table("## JSON")} == set(options) - NO_JSON


@pytest.mark.parametrize("command", ["studies", "device", "claim"])
def test_lists_have_the_keys_of_the_page(dse, command):
    assert keys(dse(command, "--json"), command) == documented(command)[0]


def test_one_device_and_one_claim_have_the_keys_of_the_page(dse, tmp_path):
    found = keys(dse("device", "ut-austin-50nm", "--json"), "device")
    assert found == documented("device")[1]
    from tests.dse.test_claim import SMALL

    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    assert keys(dse("claim", path, "-o", tmp_path, "--json"), "claim") == documented("claim")[1]


@pytest.mark.parametrize("command", ["status", "front", "importance", "export", "report"])
def test_what_is_read_of_a_study_has_the_keys_of_the_page(dse, study, run_fake, tmp_path, command):
    from dataclasses import replace

    run_fake(replace(study, trials=24))
    quick = ["--no-tolerance"] if command == "export" else []
    answer = dse(command, "fake", "--storage", tmp_path / "dse.db", "--json", *quick)
    assert keys(answer, command) == documented(command)[0]


def test_a_fit_and_the_answers_of_a_design_have_the_keys_of_the_page(dse, stored, monkeypatch):
    _, storage = stored
    monkeypatch.setattr(workers, "with_seeds", lambda *_: fakes.evaluate)
    answer = dse("sensitivity", "fake", "--storage", storage, "--json")
    assert keys(answer, "sensitivity") == documented("sensitivity")[0]
    data = Path(__file__).parents[2] / "docs/calibrate/resistance.csv"
    assert keys(dse("calibrate", data, "--json"), "calibrate") == documented("calibrate")[0]


def test_two_specs_have_the_keys_of_the_page(dse, stored):
    _, storage = stored
    for pick, name in (("knee", "a.json"), ("3", "b.json")):
        dse("export", "fake", "--storage", storage, "--no-tolerance", "--pick", pick, "-o", name)
    assert keys(dse("diff", "a.json", "b.json", "--json"), "diff") == documented("diff")[0]


def test_validate_and_demo_have_the_keys_of_the_page(dse, tiny):
    tiny.write_text(TINY)
    assert keys(dse("validate", tiny, "--json"), "validate") == documented("validate")[0]
    assert keys(dse("demo", "--json"), "demo") == documented("demo")[0]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("verify", "."), ". is a folder; give a .json file of dse export"),
        (("ui", "--tracking", "nodb://u:secret@x"), "--tracking nodb://u:***@x: no address of "
         "an MLflow store; give a file, or an address that begins with http, postgresql, mysql, "
         "mssql"),
        (("demo", "-S", "device.barier=60"), "-S device.barier: not a parameter of the demo; did "
         "you mean 'device.barrier'?"),
        (("demo", "-S", "barrier"), "-S barrier: not KEY=VALUE; write for example -S "
         "device.barrier=60"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_one_line(dse, arguments, line):
    answer = dse(*arguments)
    assert answer.err == [f"dse: {line}"]
    assert (answer.code, answer.out) == (2, "")


def test_a_file_that_cannot_be_written_is_told_in_one_line(dse, stored, monkeypatch):
    _, storage = stored

    def full(path, *_, **__):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_text", full)
    answer = dse("export", "fake", "--storage", storage, "--no-tolerance", "-o", "a.json")
    assert answer.code == 1
    assert answer.err == [
        "dse: a.json: No space left on device; check the path, its rights and the disk"
    ]
