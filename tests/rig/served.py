"""The app as the shared server has it: no connection outlives its use, for the next test has another database."""

import os

from jinja2 import FileSystemBytecodeCache
from sqlalchemy import NullPool

from app import create_app
from tests.rig.people import CHEAP

app = create_app(ARGON2=CHEAP, SQLALCHEMY_ENGINE_OPTIONS={"poolclass": NullPool})
app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["COMPILED_TEMPLATES"])
