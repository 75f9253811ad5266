"""How Accord's addresses read: kebab-case, plural nouns, GET and POST, a permission beside each."""

import re

import pytest

from tests.conventions.sources import expect_none

VARIABLE = re.compile(r"<.*>")
SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?")


@pytest.fixture
def rules(application):
    return [rule for rule in application.url_map.iter_rules() if rule.endpoint != "static"]


def test_only_get_and_post(rules):
    expect_none(rule.rule for rule in rules if rule.methods - {"GET", "POST", "HEAD", "OPTIONS"})


def test_addresses_are_in_kebab_case(rules):
    expect_none(
        rule.rule
        for rule in rules
        for segment in rule.rule.strip("/").split("/")
        if segment and not VARIABLE.search(segment) and not SEGMENT.fullmatch(segment)
    )


def test_what_is_picked_by_key_is_plural(rules):
    expect_none(
        rule.rule
        for rule in rules
        for noun, key in zip(rule.rule.split("/"), rule.rule.split("/")[1:], strict=False)
        if VARIABLE.fullmatch(key) and noun and not VARIABLE.search(noun) and not noun.endswith("s")
    )


def test_every_view_declares_its_permission(application):
    expect_none(name for name, view in application.view_functions.items() if not hasattr(view, "permission"))


def test_endpoints_are_named_after_their_feature(rules):
    expect_none(rule.endpoint for rule in rules if "." not in rule.endpoint and rule.endpoint != "health")
