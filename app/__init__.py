"""Accord: the place where a company and its outsourcing partners agree on the numbers."""

import gc
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app import access, config, errors, formatting, narrative, navigation, web
from app.accounts import views as accounts
from app.api import views as api
from app.audit import views as audit
from app.audit.commands import verify_events
from app.cli import worker
from app.contracts import views as contracts
from app.decks import views as decks
from app.demo.commands import demo
from app.evidence import views as evidence
from app.extensions import csrf, db, login, migrate
from app.governance import views as governance
from app.partners import views as partners
from app.performance import views as performance
from app.performance.commands import recomputation
from app.reports import views as reports
from app.staffing.commands import staffing

gc.set_threshold(10_000)  # a judgement is thousands of small records without a cycle: 700 looks too often, by a seventh
ROOT = Path(__file__).resolve().parent.parent
FEATURES = (accounts, partners, contracts, evidence, reports, performance, governance, decks, audit, api)
COMMANDS = (worker, recomputation, verify_events, staffing, demo)


def create_app(**settings) -> Flask:
    """Build the application; `settings` override the environment's, for tests."""
    instance = Path(settings.pop("INSTANCE", ROOT / "instance"))
    app = Flask(
        __name__,
        instance_path=str(instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(config.load(instance), **settings)

    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    login.init_app(app)
    formatting.init_app(app)
    narrative.init_app(app)
    navigation.init_app(app)
    web.init_app(app)
    errors.init_app(app)
    for feature in FEATURES:
        app.register_blueprint(feature.bp)
    app.register_blueprint(api.v1)
    for command in COMMANDS:
        app.cli.add_command(command)

    app.view_functions["static"].permission = None
    app.before_request(accounts.bind_scope)
    app.before_request(access.enforce)
    access.check_every_view(app)
    _serve(app)
    return app


def _serve(app: Flask) -> None:
    app.url_defaults(_with_version)
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=str(ROOT / "static"), prefix="static/", max_age=3600)
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)


def _with_version(endpoint: str, values: dict) -> None:
    """A browser keeps a style or script for an hour: once its content is another, so is its address."""
    if endpoint == "static" and values["filename"].endswith((".css", ".js")):
        values["v"] = _version(values["filename"])


@cache
def _version(filename: str) -> str:
    return sha256((ROOT / "static" / filename).read_bytes()).hexdigest()[:8]
