"""docs/staffing.md is held true: its answers are what the commands say, its keys are what JSON has."""

import json
import re
import shlex

import pytest

from tests.conventions.sources import ROOT

PAGE = (ROOT / "docs" / "staffing.md").read_text()
EXAMPLE = re.compile(r"^    \$ flask (staffing .+)\n((?:    .*\n|\n(?=    (?!\$)))*)", re.MULTILINE)
SECTIONS = re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", PAGE, re.MULTILINE)
EXAMPLES = [(command, answer) for _, text in SECTIONS for command, answer in EXAMPLE.findall(text)]


@pytest.fixture
def run(application, monkeypatch):
    monkeypatch.chdir(ROOT)
    return lambda command: application.test_cli_runner().invoke(args=shlex.split(command))


@pytest.mark.parametrize(("command", "answer"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_each_example_is_what_the_command_answers(run, command, answer):
    said = run(command)
    assert said.exit_code == 0, said.output
    assert said.output.strip("\n") == re.sub(r"^    ", "", answer, flags=re.MULTILINE).strip("\n")


def test_every_command_has_an_example_for_people_and_one_in_json(application):
    shown = {(command.split()[1], "--json" in command) for command, _ in EXAMPLES}
    assert shown == {(name, json) for name in application.cli.commands["staffing"].commands for json in (True, False)}


@pytest.mark.parametrize(("title", "text"), SECTIONS, ids=[title for title, _ in SECTIONS])
def test_each_table_of_keys_names_exactly_what_json_has(run, title, text):
    answers = [json.loads(run(command).output) for command, _ in EXAMPLE.findall(text) if "--json" in command]
    keys = {key for answer in answers for key in answer}
    keys |= {key for answer in answers for row in answer.get("intervals", ()) for key in row}
    told = {key for row in re.findall(r"^\| (`.+)\|$", text, re.MULTILINE) for key in _keys(row)}
    assert told == keys


def _keys(row: str) -> list[str]:
    """The keys of a table's row; those of a list's rows stand in its meaning."""
    first, meaning = row.split(" | ", 1)
    return re.findall(r"`(\w+)`", first + (meaning if first == "`intervals`" else ""))


def test_decimals_are_strings_and_counts_of_people_are_whole_numbers(run):
    answers = [json.loads(run(command).output) for command, _ in EXAMPLES if "--json" in command]
    rows = [*answers, *(row for answer in answers for row in answer.get("intervals", ()))]
    for key, value in ((key, value) for row in rows for key, value in row.items()):
        assert not isinstance(value, float)
        if key.endswith(("_pct", "_seconds", "_hours", "_unrounded", "_fte")) and value is not None:
            assert re.fullmatch(r"-?\d+(\.\d{1,20})?", value), key
        if key.startswith(("agents", "peak_agents", "peak_scheduled")) and value is not None:
            assert type(value) is int, key
