"""The API's own description, OpenAPI 3.1: written by hand, held true by a test."""

from functools import cache
from pathlib import Path

import yaml

from app.access import public
from app.api.views import answer, v1


@v1.get("/openapi.json")
@public
def openapi():
    return answer(description())


@cache
def description() -> dict:
    return yaml.safe_load(Path(__file__).parents[1].joinpath("openapi.yaml").read_text(encoding="utf-8"))
