"""Signatures of requests to storage that speaks the S3 protocol: AWS Signature Version 4, in the header.

The caller sends exactly the headers that come back, besides `Host`, which is signed as given.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from takt.core.value import value

ALGORITHM: Final = "AWS4-HMAC-SHA256"


@value
class Keys:
    """Who signs, for which region."""

    access_key: str
    secret_key: str
    region: str


@value
class Request:
    """What is signed: method, host as it stands in the header, path (not yet encoded), query and the body's bytes."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""


def target(request: Request) -> tuple[str, str]:
    """Path and query as they stand in the request, which is also how they are signed."""
    query = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in sorted(request.query.items()))
    return quote(request.path, safe="/-_.~"), query


def sign(request: Request, keys: Keys, now: datetime) -> dict[str, str]:
    """The headers that make a request valid for some minutes around `now`."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    body_hash = hashlib.sha256(request.body).hexdigest()
    signed = {"host": request.host, "x-amz-content-sha256": body_hash, "x-amz-date": stamp}
    names = ";".join(sorted(signed))
    path, query = target(request)
    listed = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = f"{request.method}\n{path}\n{query}\n{listed}\n{names}\n{body_hash}"
    scope = f"{stamp[:8]}/{keys.region}/s3/aws4_request"
    to_sign = f"{ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{keys.secret_key}".encode()
    for word in scope.split("/"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={keys.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {"X-Amz-Content-Sha256": body_hash, "X-Amz-Date": stamp, "Authorization": authorization}
