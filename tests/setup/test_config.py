"""Settings: read once, every fault told at once."""

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from takt.config import LOOPBACK, PARTS_CHOICES, SETTINGS, Config, ConfigFault
from takt.store.site import PARTS
from takt.vaults import Bucket, InDatabase, InDirectory
from takt.wire.sigv4 import Keys


def test_nothing_needs_to_be_set() -> None:
    config = Config.read({})
    assert config.home == Path.cwd() / ".takt"
    assert (config.host, config.port, config.database_url) == ("127.0.0.1", 8080, None)
    assert (config.parts, config.workers, config.demo, config.log) == (1, 1, False, "info")
    assert config.trusted_proxies == LOOPBACK
    assert not config.allow_private_webhooks
    assert not config.allow_loopback_webhooks


def test_an_empty_value_counts_as_left_out() -> None:
    assert Config.read(dict.fromkeys((setting.name for setting in SETTINGS), " ")) == Config.read({})


def test_all_can_be_set() -> None:
    config = Config.read(
        {
            "TAKT_HOME": "/srv/takt",
            "TAKT_HOST": "0.0.0.0",
            "TAKT_PORT": "80",
            "DATABASE_URL": "postgresql://takt:secret@db.example:5433/takt?sslmode=require",
            "TAKT_PARTS": "64",
            "TAKT_DEMO": "yes",
            "TAKT_WORKERS": "4",
            "TAKT_TRUSTED_PROXIES": "10.0.0.5, 2001:db8::/32",
            "TAKT_ALLOW_PRIVATE_WEBHOOKS": "on",
            "TAKT_LOG": "WARNING",
            "TAKT_PUBLIC_URL": "https://messages.example/",
            "TAKT_MEDIA": "s3:media-bucket/takt",
            "TAKT_S3_ENDPOINT": "https://s3.example:9000",
            "TAKT_S3_REGION": "eu-central-1",
            "TAKT_S3_ACCESS_KEY": "AK",
            "TAKT_S3_SECRET_KEY": "SK",
        }
    )
    assert config == Config(
        home=Path("/srv/takt"),
        host="0.0.0.0",
        port=80,
        database_url="postgresql://takt:secret@db.example:5433/takt?sslmode=require",
        parts=64,
        demo=True,
        workers=4,
        trusted_proxies=(*LOOPBACK, ip_network("10.0.0.5"), ip_network("2001:db8::/32")),
        allow_private_webhooks=True,
        log="warning",
        public_url="https://messages.example",
        media="s3:media-bucket/takt",
        s3_endpoint="https://s3.example:9000",
        s3_region="eu-central-1",
        s3_access_key="AK",
        s3_secret_key="SK",
    )
    assert config.origin == "https://messages.example"
    keys = Keys("AK", "SK", "eu-central-1")
    assert config.room == Bucket("https://s3.example:9000", "media-bucket", "takt/", keys)


def test_where_media_lie() -> None:
    assert Config.read({}).room == InDatabase()
    assert Config.read({}).origin == "http://127.0.0.1:8080"
    assert Config.read({"TAKT_MEDIA": "directory:/srv/media"}).room == InDirectory("/srv/media")
    for wrong in ("disk", "directory:", "directory:here", "s3:", "s3:UPPER"):
        with pytest.raises(ConfigFault, match="must be database"):
            Config.read({"TAKT_MEDIA": wrong})
    with pytest.raises(ConfigFault) as caught:
        Config.read({"TAKT_MEDIA": "s3:bucket", "TAKT_PUBLIC_URL": "messages.example"})
    assert [fault.split()[0] for fault in caught.value.faults] == [
        "TAKT_PUBLIC_URL",
        "TAKT_S3_ENDPOINT",
        "TAKT_S3_ACCESS_KEY",
        "TAKT_S3_SECRET_KEY",
    ]


def test_all_faults_are_told_at_once_and_no_password() -> None:
    wrong = {
        "TAKT_HOST": "http://here",
        "TAKT_PORT": "65536",
        "DATABASE_URL": "mysql://takt:secret@db.example/takt",
        "TAKT_PARTS": "2",
        "TAKT_DEMO": "maybe",
        "TAKT_WORKERS": "0",
        "TAKT_TRUSTED_PROXIES": "proxy.example",
        "TAKT_ALLOW_PRIVATE_WEBHOOKS": "2",
        "TAKT_LOG": "loud",
    }
    with pytest.raises(ConfigFault) as caught:
        Config.read(wrong)
    assert [fault.split()[0] for fault in caught.value.faults] == list(wrong)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://db.example", "postgresql://db.example:port/takt", "takt"])
def test_a_database_url_names_a_database(url: str) -> None:
    with pytest.raises(ConfigFault, match="postgresql://user@host:5432/takt"):
        Config.read({"DATABASE_URL": url})


def test_the_demo_may_send_webhooks_to_this_machine_only() -> None:
    config = Config.read({"TAKT_DEMO": "on"})
    assert config.allow_loopback_webhooks
    assert not config.allow_private_webhooks


def test_each_field_has_its_setting() -> None:
    assert [setting.field for setting in SETTINGS] == [one.name for one in fields(Config)]
    assert set(PARTS_CHOICES) == set(PARTS)
