"""Which passwords are taken, and how they are kept."""

import pytest

from app import config
from app.accounts import passwords

EMAIL = "ana.reyes@cedar.example"


@pytest.mark.parametrize(
    "password", ["correct horse battery", "Zwölf Boxkämpfer", "x9$kL2-vQ8!m", "á" * 3 + "bcdefghij"]
)
def test_a_long_password_is_taken(password):
    assert passwords.problem_with(password, EMAIL) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 12"),
        ("elevenchars", "at least 12"),
        ("x" * 201, "at most 200"),
        (EMAIL, "your e-mail address"),
        (EMAIL.upper(), "your e-mail address"),
        ("Ana.Reyes2026!", "your e-mail address"),
        ("cedar.example", "your e-mail address"),
        ("passwordpassword", "first that people try"),
        ("Password1234", "first that people try"),
        ("1234567890123", "first that people try"),
        ("aaaaaaaaaaaaaa", "first that people try"),
        ("abababababab", "first that people try"),
    ],
)
def test_a_bad_password_is_refused_with_what_to_do(password, words):
    assert words in passwords.problem_with(password, EMAIL)


def test_every_common_password_is_long_enough_to_matter():
    assert {password for password in passwords.COMMON if len(password) < passwords.SHORTEST} == set()
    assert all(password == password.casefold() for password in passwords.COMMON)
    assert len(passwords.COMMON) > 100


def test_passwords_are_kept_as_argon2id(app, tmp_path):
    with app.app_context():
        assert passwords.hashed("correct horse battery").startswith("$argon2id$")
    assert config.load(tmp_path)["ARGON2"] == {"time_cost": 3, "memory_cost": 65536, "parallelism": 1}


def test_a_damaged_hash_matches_nothing(app):
    with app.app_context():
        assert not passwords.matches("damaged", "correct horse battery")
        assert not passwords.matches(None, "nobody has this password")
