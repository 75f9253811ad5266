"""How Accord's addresses read: kebab-case, plural nouns, GET and POST, a permission beside each."""

import re

import pytest

from tests.conventions.sources import expect_none, templates

VARIABLE = re.compile(r"<.*>")
LINKED = re.compile(r"url_for\(\s*[\"']([\w.]+)[\"'](?!\s*~)")
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


def test_every_link_leads_to_a_page(application, record_count):
    """Also one that is rendered only in an empty house."""
    linked = [(name, endpoint) for name, text in templates().items() for endpoint in LINKED.findall(text)]
    expect_none(f"{name}: {endpoint}" for name, endpoint in linked if endpoint not in application.view_functions)
    record_count("links in templates", len(linked))
