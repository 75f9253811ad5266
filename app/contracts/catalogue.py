"""The catalogue of measures and metrics, read once from its TOML file."""

import tomllib
from pathlib import Path

from app.domain.catalogue import Catalogue
from app.domain.reading.catalogue_reader import read_catalogue

SOURCE = Path(__file__).with_name("catalogue.toml")


def load(path: Path = SOURCE) -> Catalogue:
    """Raises CatalogueInvalid, naming every place that is wrong."""
    return read_catalogue(tomllib.loads(path.read_text(encoding="utf-8")))


CATALOGUE = load()
