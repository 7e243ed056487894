"""The vaults that Takt comes with: the database, a directory, and storage that speaks the S3 protocol."""

from takt.clock import Clock
from takt.core.value import value
from takt.store.site import Site
from takt.vault import Vault
from takt.vaults.database import DatabaseVault
from takt.vaults.directory import DirectoryVault
from takt.vaults.s3 import Bucket, S3Vault


@value
class InDatabase:
    """Media lie in the database."""


@value
class InDirectory:
    """Media lie in this directory."""

    path: str


__all__ = ["Bucket", "InDatabase", "InDirectory", "Room", "open_vault"]

Room = InDatabase | InDirectory | Bucket


def open_vault(room: Room, site: Site, clock: Clock) -> Vault:
    """The vault for this room."""
    match room:
        case InDatabase():
            return DatabaseVault(site)
        case InDirectory(path):
            return DirectoryVault(path)
        case Bucket():
            return S3Vault(room, clock)
