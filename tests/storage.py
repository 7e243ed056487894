"""A small, strict storage that speaks the S3 protocol: it checks every signature from what came over the wire."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote

from tests.receiver import listening

ACCESS, SECRET, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, SignedHeaders=([a-z0-9;-]+),"
    r" Signature=([0-9a-f]{64})"
)


@dataclass
class Storage:
    """Objects by path; `refused` says why requests were not let in, `failing` how many are answered 503 first."""

    endpoint: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    failing: int = 0
    longest: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
            line, *fields = head.strip().split("\r\n")
            method, target, _ = line.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.methods.append(method)
            self.longest = max(self.longest, len(body))
            status, answer = self.answer(method, target, headers, body)
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
            await writer.drain()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        path, _, query = target.partition("?")
        fault = self.fault(method, path, query, headers, body)
        if fault is not None:
            self.refused.append(fault)
            return 403, b"<Error/>"
        if self.failing:
            self.failing -= 1
            return 503, b"<Error><Code>SlowDown</Code></Error>"
        name = unquote(path)
        match method:
            case "PUT":
                self.objects[name] = body
                return 200, b""
            case "DELETE":
                self.objects.pop(name, None)
                return 204, b""
            case "GET" if "list-type=2" in query:
                wanted = f"{name}/{dict(parse_qsl(query))['prefix']}"
                keys = [one[len(name) + 1 :] for one in sorted(self.objects) if one.startswith(wanted)][:2]
                return 200, "".join(["<List>", *(f"<Key>{key}</Key>" for key in keys), "</List>"]).encode()
            case _:
                return (200, self.objects[name]) if name in self.objects else (404, b"<Error/>")

    def fault(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> str | None:
        """What is wrong with a signature, by the rules of AWS Signature Version 4."""
        match = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if match is None:
            return "no signature"
        access, day, region, signed, signature = match.groups()
        at = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if (access, region, day) != (ACCESS, REGION, headers["x-amz-date"][:8]):
            return "wrong scope"
        if abs((datetime.now(UTC) - at).total_seconds()) > 900:
            return "wrong time"
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed.split(";")):
            return "a header is not signed"
        if headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "wrong body"
        listed = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(signed.split(";")))
        canonical = [method, path, "&".join(sorted(query.split("&"))), listed, signed, headers["x-amz-content-sha256"]]
        scope = f"{day}/{region}/s3/aws4_request"
        to_sign = [
            "AWS4-HMAC-SHA256",
            headers["x-amz-date"],
            scope,
            hashlib.sha256("\n".join(canonical).encode()).hexdigest(),
        ]
        key = ("AWS4" + SECRET).encode()
        for word in (day, region, "s3", "aws4_request", "\n".join(to_sign)):
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        return None if hmac.compare_digest(key.hex(), signature) else "wrong signature"


@asynccontextmanager
async def storing() -> AsyncIterator[Storage]:
    """A storage on a free port of this machine, for the length of the block."""
    storage = Storage()
    async with listening(storage.serve) as url:
        storage.endpoint = url.rstrip("/")
        yield storage
