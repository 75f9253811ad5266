"""Settings say what is wrong with them, and a production server believes as many proxies as it is told of."""

import pytest
from flask import Flask, request
from sqlalchemy import create_engine

from app import _serve, config


@pytest.mark.parametrize(
    ("environment", "proxies"),
    [({}, 0), ({"ACCORD_ENV": "production"}, 1), ({"ACCORD_ENV": "production", "ACCORD_PROXIES": "0"}, 0)],
)
def test_proxies_are_believed_as_many_as_are_named(tmp_path, monkeypatch, environment, proxies):
    for name, value in ({"ACCORD_SECRET_KEY": "x" * 40} | environment).items():
        monkeypatch.setenv(name, value)
    served = Flask("served")
    served.config.update(config.load(tmp_path))
    served.add_url_rule("/", view_func=lambda: request.remote_addr)
    _serve(served)
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    seen = served.test_client().get("/", headers=forwarded).text
    assert served.config["PROXIES"] == proxies
    assert seen == ("203.0.113.7" if proxies else "127.0.0.1")


@pytest.mark.parametrize("written", ["one", "-1", "1.5", ""])
def test_proxies_are_a_whole_number(tmp_path, monkeypatch, written):
    monkeypatch.setenv("ACCORD_PROXIES", written)
    with pytest.raises(config.SettingError, match="ACCORD_PROXIES"):
        config.load(tmp_path)


@pytest.mark.parametrize(
    "written", ["smtp+tls://u:secret@mail.example:587", "mail.example:25", "smtp://", "smtp://mail.example:port", ""]
)
def test_a_mail_server_is_named_as_one_can_be_reached(tmp_path, monkeypatch, written):
    monkeypatch.setenv("ACCORD_SMTP_URL", written)
    with pytest.raises(config.SettingError, match=r"ACCORD_SMTP_URL.*write smtp") as raised:
        config.load(tmp_path)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_authorities_are_a_file_of_certificates(tmp_path, monkeypatch, content):
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("ACCORD_SMTP_CA", str(file))
    with pytest.raises(config.SettingError, match=r"ACCORD_SMTP_CA.*PEM file"):
        config.load(tmp_path)


def test_without_a_file_the_authorities_are_the_machines(tmp_path, monkeypatch):
    monkeypatch.delenv("ACCORD_SMTP_CA", raising=False)
    assert config.load(tmp_path)["SMTP_CA"] == ""


def test_sqlite_waits_for_the_disk_before_it_says_done(tmp_path):
    with create_engine(f"sqlite:///{tmp_path / 'kept.db'}").connect() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")]
    assert pragmas == [2, "wal"]
