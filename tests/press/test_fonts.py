"""The fonts of the press are the files of their package, unchanged, with its licence beside them."""

import hashlib
import json
from importlib.resources import files


def test_fonts_are_byte_for_byte_what_the_manifest_says() -> None:
    fonts = files("takt.press").joinpath("fonts")
    [package] = json.loads(fonts.joinpath("manifest.json").read_text("utf-8"))["packages"]
    listed = {each["file"]: each["sha256"] for each in package["files"]}
    kept = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in fonts.iterdir()}
    kept.pop("manifest.json")
    assert kept == listed
    assert package["licence"] == "OFL-1.1"
