"""What is installed is what is written down: every package pinned, those that packages need included."""

import re
import sys
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conventions.sources import ROOT, expect_none, modules

PINNED = re.compile(r"([\w.-]+)==[\w.]+")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned(file):
    expect_none(line for line in _lines(file) if not PINNED.fullmatch(line))


@pytest.mark.parametrize("files", [["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]])
def test_what_packages_need_is_pinned_too(files):
    pinned = {name for file in files for name in _names(file)}
    expect_none(f"{name} needs {needed}" for name in pinned for needed in _needs(name) if needed not in pinned)


def test_the_app_imports_only_what_runs_it():
    distributions = packages_distributions()
    pinned = _names("requirements.txt")
    expect_none(
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.imports()
        if (root := name.split(".")[0]) not in {"app", *sys.stdlib_module_names}
        and not module.path.with_name(f"{root}.py").exists()  # the reader's process runs by its path
        and not {canonicalize_name(found) for found in distributions.get(root, [])} & pinned
    )


def _lines(file: str) -> list[str]:
    lines = (ROOT / file).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def _names(file: str) -> set[str]:
    return {canonicalize_name(line.split("==")[0]) for line in _lines(file)}


def _needs(name: str) -> set[str]:
    needed = map(Requirement, requires(name) or [])
    return {
        canonicalize_name(requirement.name)
        for requirement in needed
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }
