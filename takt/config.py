"""Settings: one frozen value, read once from the environment, with every fault reported at once.

Only `takt.app` and `takt.cli` see a Config; everything else is given the plain values it needs.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias
from urllib.parse import urlsplit

from takt.core.value import value
from takt.vaults import Bucket, InDatabase, InDirectory, Room
from takt.wire.sigv4 import Keys

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
LOG_LEVELS = ("debug", "info", "warning", "error")
PARTS_CHOICES = (1, 4, 64)
WORKERS_MAX = 64

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9!_.*'()/-]{1,200})?")


class ConfigFault(ValueError):
    """One or more settings are wrong; `faults` has one sentence for each, naming it and what would be right."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _host(text: str) -> str:
    if not text.strip() or any(c.isspace() or c in "/@" for c in text):
        raise ValueError("must be a host name or an address, such as 127.0.0.1 or 0.0.0.0")
    return text


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return parse


def _parts(text: str) -> int:
    return int(_choice(*map(str, PARTS_CHOICES))(text))


def _switch(text: str) -> bool:
    word = text.lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be on or off (also 1, 0, true, false, yes, no)")


def _database_url(text: str) -> str:
    right = "must look like postgresql://user@host:5432/takt, or be left out for the embedded PostgreSQL"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(right) from None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError(right)
    return text


def _networks(text: str) -> tuple[Network, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    try:
        return LOOPBACK + tuple(ipaddress.ip_network(name) for name in names)
    except ValueError:
        raise ValueError("must be addresses or networks with commas between, such as 10.0.0.5,192.168.7.0/24") from None


def _media(text: str) -> str:
    kind, _, where = text.partition(":")
    if (kind == "directory" and where.startswith(("/", "~"))) or (kind == "s3" and _BUCKET.fullmatch(where)):
        return text
    if text != "database":
        raise ValueError("must be database, directory:/a/path or s3:bucket (or s3:bucket/prefix)")
    return text


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("must look like https://messages.example") from None
    strange = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"https", "http"} or not parts.hostname or strange or not text.isascii():
        raise ValueError("must be scheme and host alone, such as https://messages.example")
    return text.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything an operator can set; SETTINGS says the variable, the default and the meaning of each."""

    home: Path
    host: str
    port: int
    database_url: str | None
    parts: int
    demo: bool
    workers: int
    trusted_proxies: tuple[Network, ...]
    allow_private_webhooks: bool
    log: str
    public_url: str | None
    media: str
    s3_endpoint: str | None
    s3_region: str
    s3_access_key: str | None
    s3_secret_key: str | None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read all settings from `environ`. An empty value counts as left out.

        Raises:
            ConfigFault: one or more are wrong; all of them are told at once.
        """
        values: dict[str, Any] = {}
        faults: list[str] = []
        for setting in SETTINGS:
            text = environ.get(setting.name, "").strip() or setting.default
            try:
                values[setting.field] = None if text is None else setting.parse(text)
            except ValueError as fault:
                shown = "its value" if setting.secret else repr(text)
                faults.append(f"{setting.name} {fault}, not {shown}.")
        if str(values.get("media")).startswith("s3:"):
            needed = ("s3_endpoint", "s3_access_key", "s3_secret_key")
            lacking = [one.name for one in SETTINGS if one.field in needed and values.get(one.field, "") is None]
            faults += [f"{name} is needed for TAKT_MEDIA={values['media']}." for name in lacking]
        if faults:
            raise ConfigFault(faults)
        return cls(**values)

    @property
    def origin(self) -> str:
        """Scheme and host under which others reach us, for addresses that no request asked for."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def room(self) -> Room:
        """Where the bytes of media lie."""
        kind, _, where = self.media.partition(":")
        if kind == "directory":
            return InDirectory(str(_path(where)))
        if kind == "s3":
            name, _, prefix = where.partition("/")
            keys = Keys(self.s3_access_key or "", self.s3_secret_key or "", self.s3_region)
            return Bucket(self.s3_endpoint or "", name, f"{prefix.strip('/')}/" if prefix.strip("/") else "", keys)
        return InDatabase()

    @property
    def allow_loopback_webhooks(self) -> bool:
        """Whether webhooks may go to this very machine: in the demo, and where private networks are allowed."""
        return self.demo or self.allow_private_webhooks


@value
class Setting:
    """One environment variable: the field it fills, its default (None: may be absent), its meaning."""

    name: str
    field: str
    default: str | None
    parse: Callable[[str], Any]
    about: str
    secret: bool = False


SETTINGS = (
    Setting("TAKT_HOME", "home", ".takt", _path, "folder of the embedded database, demo.env and the like"),
    Setting("TAKT_HOST", "host", "127.0.0.1", _host, "address to listen on"),
    Setting("TAKT_PORT", "port", "8080", _number(1, 65535), "port to listen on"),
    Setting(
        "DATABASE_URL", "database_url", None, _database_url, "own PostgreSQL; left out: the embedded one", secret=True
    ),
    Setting("TAKT_PARTS", "parts", "1", _parts, "parts the tables are cut into: 1, 4 or 64; chosen once"),
    Setting("TAKT_DEMO", "demo", "off", _switch, "demo world: sign-in without password, webhooks to this machine"),
    Setting("TAKT_WORKERS", "workers", "1", _number(1, WORKERS_MAX), "processes that serve"),
    Setting("TAKT_TRUSTED_PROXIES", "trusted_proxies", "", _networks, "whose X-Forwarded-* count, besides loopback"),
    Setting(
        "TAKT_ALLOW_PRIVATE_WEBHOOKS", "allow_private_webhooks", "off", _switch, "webhooks may go to private networks"
    ),
    Setting("TAKT_LOG", "log", "info", _choice(*LOG_LEVELS), "least level that is logged"),
    Setting("TAKT_PUBLIC_URL", "public_url", None, _origin, "scheme and host of links in webhooks"),
    Setting("TAKT_MEDIA", "media", "database", _media, "where media lie: database, directory:/path or s3:bucket"),
    Setting("TAKT_S3_ENDPOINT", "s3_endpoint", None, _origin, "address of the S3 storage"),
    Setting("TAKT_S3_REGION", "s3_region", "us-east-1", str, "its region"),
    Setting("TAKT_S3_ACCESS_KEY", "s3_access_key", None, str, "who Takt is there"),
    Setting("TAKT_S3_SECRET_KEY", "s3_secret_key", None, str, "the key to sign with there", secret=True),
)
