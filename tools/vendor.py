"""Refresh the vendored browser files: `python tools/vendor.py` packs each pinned npm package and copies the named files.

Needs npm on the path; nothing at run time does. Files are taken byte for byte; `manifest.json` beside them holds name,
version, licence and SHA-256 of every file, and a test compares. The icon sprite is the only file that is composed: the
icons named in `icons.txt`, each reduced to its shapes inside a `<symbol>`.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "takt" / "web" / "static"
VENDOR = STATIC / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package: `files` maps a path inside the package to the name it gets here."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "preact",
        "11.2.0",
        "MIT",
        {
            "dist/preact.mjs": "preact.mjs",
            "hooks/dist/hooks.mjs": "preact-hooks.mjs",
            "LICENSE": "licences/preact.txt",
        },
    ),
    Package(
        "@preact/signals-core",
        "1.14.5",
        "MIT",
        {"dist/signals-core.mjs": "signals-core.mjs", "LICENSE": "licences/signals-core.txt"},
    ),
    Package(
        "@preact/signals",
        "2.11.4",
        "MIT",
        {"dist/signals.mjs": "signals.mjs", "LICENSE": "licences/signals.txt"},
    ),
    Package("htm", "3.1.1", "Apache-2.0", {"dist/htm.mjs": "htm.mjs", "LICENSE": "licences/htm.txt"}),
    Package("lucide-static", "1.62.0", "ISC", {"LICENSE": "licences/lucide.txt"}),
)

ICONS = Path(__file__).with_name("icons.txt").read_text("utf-8").split()


def unpack(package: Package, folder: Path) -> Path:
    """Pack `package` with npm into `folder` and return the unpacked root."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not on the path; it is needed to refresh vendored files, and only for that")
    spec = f"{package.name}@{package.version}"
    packed = subprocess.run(
        [npm, "pack", "--silent", "--ignore-scripts", spec], cwd=folder, check=True, capture_output=True, text=True
    )
    target = folder / re.sub(r"\W+", "-", spec)
    with tarfile.open(folder / packed.stdout.split()[-1]) as tarball:
        tarball.extractall(target, filter="data")
    return target / "package"


def copied(package: Package, root: Path) -> list[dict[str, str]]:
    """Copy the chosen files and return their manifest entries."""
    entries = []
    for source, name in package.files.items():
        body = (root / source).read_bytes()
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        entries.append({"file": f"vendor/{name}", "from": source, "sha256": hashlib.sha256(body).hexdigest()})
    return entries


def symbol(name: str, svg: str) -> str:
    """Return one icon as a `<symbol>` with the shapes of `svg` and nothing else."""
    shapes = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    shapes = re.sub(r"\s*\n\s*", "", shapes).replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def sprite(root: Path) -> dict[str, str]:
    """Write `icons.svg` from the icon package at `root` and return its manifest entry."""
    symbols = [symbol(name, (root / "icons" / f"{name}.svg").read_text("utf-8")) for name in sorted(ICONS)]
    text = "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])
    (STATIC / "icons.svg").write_text(text, "utf-8")
    return {"file": "icons.svg", "from": "icons/*.svg", "sha256": hashlib.sha256(text.encode()).hexdigest()}


def main() -> None:
    """Refresh every file and write the manifest."""
    manifest = []
    with tempfile.TemporaryDirectory() as name:
        for package in PACKAGES:
            root = unpack(package, Path(name))
            files = copied(package, root)
            if package.name == "lucide-static":
                files.append(sprite(root))
            manifest.append(
                {"name": package.name, "version": package.version, "licence": package.licence, "files": files}
            )
    (VENDOR / "manifest.json").write_text(json.dumps({"packages": manifest}, indent=2) + "\n", "utf-8")
    print(f"{sum(len(each['files']) for each in manifest)} files of {len(manifest)} packages")


if __name__ == "__main__":
    main()
