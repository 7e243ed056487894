"""The model that comes with Takt, learned from the texts in `corpus/`."""

from functools import cache
from importlib.resources import files

from takt.filter.model import Model
from takt.filter.model_file import unpack


@cache
def shipped() -> Model:
    """The model of this release."""
    return unpack(files("takt.filter").joinpath("shipped.model").read_bytes())
