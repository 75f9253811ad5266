"""Documents that a test reads cannot fall behind."""

import re
from pathlib import Path

import pytest

from app.access import Role
from app.contracts.catalogue import CATALOGUE
from app.contracts.handbook import tables

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "tests" / "README.md"])
COMMAND = re.compile(r"flask (?:--app wsgi )?([a-z-]+)(?: ([a-z-]+))?")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_page_that_the_readme_links(role):
    name = f"docs/roles/{role.value.replace('_', '-')}.md"
    assert (ROOT / name).read_text().startswith(f"# {role.label.capitalize()}")
    assert f"({name})" in (ROOT / "README.md").read_text()


def test_the_map_of_the_house_names_every_room():
    house = (ROOT / "README.md").read_text().partition("## The house")[2]
    rooms = {path.name for path in (ROOT / "app").iterdir() if list(path.glob("*.py"))}
    assert {room for room in rooms if f"\n      {room}/" not in house} == set()


def test_what_the_map_of_the_house_names_is_there():
    house = (ROOT / "README.md").read_text().partition("## The house")[2]
    there = {path.name for path in (ROOT / "app").rglob("*.py")} | {"wsgi.py"}
    assert {name for name in re.findall(r"[\w/]+\.py", house) if name not in there} == set()


def test_every_setting_is_documented_and_every_documented_setting_is_read():
    read = set(re.findall(r'"(ACCORD_[A-Z_]+)"', (ROOT / "app" / "config.py").read_text()))
    told = set(re.findall(r"`(ACCORD_[A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert read == told


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(document):
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    missing = [name for name in targets if "://" not in name and not (document.parent / name).exists()]
    assert missing == []


def test_every_command_that_a_page_names_exists(app):
    known = {name: getattr(command, "commands", {}) for name, command in app.cli.commands.items()}
    for document in PAGES:
        for name, sub in COMMAND.findall(document.read_text()):
            assert name in known or name == "db", f"{document.name}: flask {name}"
            if known.get(name):
                assert sub in known[name], f"{document.name}: flask {name} {sub}"


def test_the_page_of_metrics_shows_the_whole_catalogue():
    assert tables(CATALOGUE) in (ROOT / "docs" / "metrics.md").read_text(), "flask terms metrics writes it anew"


def test_every_definition_has_a_publisher_whom_the_page_of_metrics_names():
    sources = (ROOT / "docs" / "metrics.md").read_text().partition("## Sources")[2]
    publishers = re.findall(r"^\* ([^:\n]+):", sources, re.MULTILINE)
    cited = {metric.source.partition(",")[0] for metric in CATALOGUE.metrics.values()}
    assert sorted(cited) == sorted(publishers)


def test_the_readme_names_only_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^    make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_decision_has_a_number_of_its_own_and_a_row_in_the_list():
    folder = ROOT / "docs" / "decisions"
    names = sorted(document.name for document in folder.glob("0*.md"))
    assert len({name[:4] for name in names}) == len(names)
    assert re.findall(r"\]\((0[^)]+)\)", (folder / "README.md").read_text()) == names
