"""A model server that misbehaves as it is told to: a small HTTP server, each of whose answers is scripted.

    with scripted(say("simp"), Status(429, headers={"retry-after": "0"}), …) as server:
        … server.url … server.asked …

The answers are given in order, the last one from then on; one that is a function is made from the request.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

Json: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True)
class Status:
    code: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class Disconnects:
    """Closes the connection without an answer."""


class BreaksOff:
    """Closes the connection in the middle of the answer."""


class Drips:
    """Sends a byte now and then, for ever."""


class Floods:
    """Sends as much as is taken, for ever."""


Answer: TypeAlias = "Status | Disconnects | BreaksOff | Drips | Floods | Callable[[Json], Answer]"


def say(*texts: str, **message: Any) -> Status:
    """A plain answer, with as many choices as texts."""
    choices = [
        {"index": at, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
        for at, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 100, "completion_tokens": 10 * len(texts), "total_tokens": 100}
    return Status(body=json.dumps({"id": "1", "object": "x", "choices": choices, "usage": usage}).encode())


def error(status: int, message: str, headers: Mapping[str, str] | None = None, **more: str) -> Status:
    body = json.dumps({"error": {"message": message, **more}}).encode()
    return Status(status, body, {"retry-after-ms": "1", **(headers or {})})


@dataclass
class ModelServer:
    """`asked` are the requests so far, `keys` what stood in their `Authorization`."""

    answers: list[Answer]
    url: str = ""
    asked: list[Json] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, request: Json, key: str) -> Status | Disconnects | BreaksOff | Drips | Floods:
        with self.lock:
            self.asked.append(request)
            self.keys.append(key)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        while callable(answer):
            answer = answer(request)
        return answer

    def prompts(self) -> list[str]:
        return [request["messages"][-1]["content"] for request in self.asked]


@contextmanager
def scripted(*answers: Answer) -> Iterator[ModelServer]:
    server = ModelServer(list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = server.next(json.loads(body), self.headers.get("authorization", ""))
            self.close_connection = True
            match answer:
                case Status(code, text, headers):
                    self._head(code, len(text), headers)
                    self.wfile.write(text)
                case BreaksOff():
                    self._head(200, 1000, {})
                    self.wfile.write(b'{"choices": [')
                case Drips() | Floods():
                    self._head(200, 10**12, {})
                    try:
                        while not server.stopping.wait(0.02 if isinstance(answer, Drips) else 0):
                            self.wfile.write(b" " if isinstance(answer, Drips) else b" " * 65536)
                    except OSError:
                        pass
                case Disconnects():
                    self.connection.shutdown(2)

        def do_GET(self) -> None:
            self.close_connection = True
            answer = server.next({"path": self.path}, self.headers.get("authorization", ""))
            assert isinstance(answer, Status)
            self._head(answer.code, len(answer.body), answer.headers)
            self.wfile.write(answer.body)

        def _head(self, code: int, length: int, headers: Mapping[str, str]) -> None:
            self.send_response(code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(length))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_port}/v1"
        try:
            yield server
        finally:
            server.stopping.set()
            http.shutdown()
            thread.join()
