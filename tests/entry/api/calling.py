"""Calls the API as a merchant's program does, in this process."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from paydesk.kit import ids


@dataclass
class Program:
    """A merchant's program with one key at one brand's door."""

    key: str
    brand: str = "topay"
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, content: Any = None, **headers: str) -> "Said":
        """One request; a fresh Idempotency-Key unless one is given (as `request_key`)."""
        own = {"Authorization": f"Bearer {self.key}", "Accept-Language": "en"}
        own["Idempotency-Key"] = headers.pop("request_key", "") or str(ids.uuid7())
        body = content if isinstance(content, bytes | str) else json.dumps(content)
        response = self.client.generic(
            method,
            f"/{self.brand}/api/v1{path}",
            body if content is not None else b"",
            content_type="application/json",
            headers=own | headers,
        )
        return Said(response)  # type: ignore[arg-type]

    def get(self, path: str, **headers: str) -> "Said":
        return self.call("GET", path, **headers)

    def post(self, path: str, content: Any = None, **headers: str) -> "Said":
        return self.call("POST", path, {} if content is None else content, **headers)


@dataclass
class Said:
    """An answer."""

    response: HttpResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        return json.loads(self.response.content) if self.response.content else None

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))

    def header(self, name: str) -> str:
        return str(self.response.headers.get(name, ""))
