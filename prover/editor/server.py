"""The language server: what an editor opens and types, and which of its requests go where.

It runs beside Lean's own. Open documents count as they are in the editor, never as they are on disk.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import psutil
from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

import prover
from prover.config import Settings, load_settings
from prover.editor import wire
from prover.editor.background import Background
from prover.editor.columns import Encoding
from prover.editor.dialogue import Dialogue
from prover.editor.documents import Document, Place
from prover.editor.garbage import Sweeper
from prover.editor.offers import actions_at, hover_at, lenses_of
from prover.editor.questions import COMMANDS, Questions
from prover.editor.sheets import Sheet
from prover.editor.workbench import Workbench
from prover.errors import InputError, ProverError

SWITCH_SECONDS = 0.0001
"""How long a thread that reads a document may keep one that hears the editor waiting."""
_CLIENT_SECONDS = 5.0
"""How often it is looked whether the editor is still there."""

T = TypeVar("T")


class EditorProtocol(LanguageServerProtocol):
    """Keeps documents its own way, and gives commands their progress token."""

    _server: EditorServer

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.opened(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.changed(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.closed(params.text_document.uri)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]  # coroutines can be cancelled
        self, params: types.ExecuteCommandParams
    ) -> Any:
        return await self._server.asked(params)


class EditorServer(LanguageServer):
    """`start_io` serves one editor; `end` comes after it."""

    def __init__(self, folder: Path, library: Path | None) -> None:
        """For an editor that was started in `folder`. `library` is the lemma library's file."""
        super().__init__("prover", prover.__version__, protocol_cls=EditorProtocol, max_workers=2)
        self.sheets: dict[str, Sheet] = {}
        self.options: Mapping[str, Any] = {}
        self.encoding = Encoding.UTF16
        self.dialogue = Dialogue(self)
        self.questions = Questions(self)
        self.background = Background(self)
        self._folder = folder
        self._reader = ThreadPoolExecutor(1, "prover reader")
        self._trouble: list[str] = []
        self._warmed: asyncio.Task[None] | None = None
        self._chores: list[asyncio.Task[None]] = []
        self._sweeper = Sweeper()
        self.bench = Workbench(_settings(folder, self._trouble), library)
        sys.setswitchinterval(SWITCH_SECONDS)
        _register(self)

    def end(self) -> None:
        """End the Leans, and all work."""
        self.bench.close()
        self._reader.shutdown(wait=False, cancel_futures=True)

    # -- what the editor tells ---------------------------------------------------------------------------

    def initialized(self) -> None:
        codec = self.server_capabilities.position_encoding or Encoding.UTF16.value
        self.encoding = Encoding(getattr(codec, "value", codec))
        loop = asyncio.get_running_loop()
        self._chores = [loop.create_task(self._watch_client()), loop.create_task(self._sweeper.work())]

    def configured(self, options: object) -> None:
        """Take the editor's settings, `prover.*`, over those of `prover.toml`."""
        if isinstance(options, Mapping):
            self.options = {**self.options, **options}
            self.background.wake()

    def opened(self, item: types.TextDocumentItem) -> None:
        path = Path(to_fs_path(item.uri) or self._folder / "Untitled.lean")
        settings = _settings(path.parent, self._trouble)
        document = Document(path, item.text, item.version)
        self.closed(item.uri)
        self.sheets[item.uri] = Sheet(item.uri, document, settings, self._reader)
        self._tell_trouble()
        self.background.wake()
        if self._warmed is None:
            self._warmed = asyncio.get_running_loop().create_task(self._warm(self.sheets[item.uri]))

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        sheet = self.sheets.get(params.text_document.uri)
        if sheet is None:
            return
        document = sheet.document
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = (self.place(document, at) for at in (change.range.start, change.range.end))
                sheet.changed(document.replace(start, end, change.text))
            else:
                sheet.changed(document.replace_all(change.text))
        document.version = params.text_document.version
        self._sweeper.heard()
        self.background.wake()

    def closed(self, uri: str) -> None:
        sheet = self.sheets.pop(uri, None)
        if sheet is not None:
            sheet.close()
            self.background.forget(sheet)

    def place(self, document: Document, position: types.Position) -> Place:
        line = document.lines[position.line] if position.line < len(document.lines) else ""
        return Place(position.line, self.encoding.characters(line, position.character))

    def sheet(self, uri: str) -> Sheet:
        try:
            return self.sheets[uri]
        except KeyError:
            raise JsonRpcInvalidParams(f"{uri} is not open") from None

    # -- what the editor asks ----------------------------------------------------------------------------

    async def asked(self, params: types.ExecuteCommandParams) -> Any:
        """Carry out a command. Raises a `JsonRpcException` for one that can't be."""
        if params.command not in COMMANDS:
            raise JsonRpcInvalidParams(f"there is no command {params.command}")
        given = (params.arguments or [None])[0]
        question = wire.question(given)
        sheet = self.sheet(question.uri)
        if question.version != sheet.version:
            raise JsonRpcContentModified(
                f"{sheet.document.path.name} has changed since this was offered: ask again"
            )
        answer = getattr(self.questions, COMMANDS[params.command])
        return await _answered(answer(sheet, question, params.work_done_token))

    # -- what the editor is told -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Have the editor ask for lenses again."""
        lenses = self.client_capabilities.workspace and self.client_capabilities.workspace.code_lens
        if lenses and lenses.refresh_support:
            self.workspace_code_lens_refresh(None)

    def _tell_trouble(self) -> None:
        for message in self._trouble:
            self.dialogue.say(message, types.MessageType.Error)
        self._trouble.clear()

    async def _warm(self, sheet: Sheet) -> None:
        """Start the Lean for quick questions, and have it do once what takes longest the first time."""
        try:
            view = await sheet.view()
            if view.holes:
                await asyncio.wrap_future(
                    self.bench.suggest(view.holes[0], lambda attempt: None, common=True)
                )
        except (ProverError, asyncio.CancelledError):  # whoever asks something is told
            self._warmed = None

    async def _watch_client(self) -> None:
        """End when the editor did so without a word, and somebody else holds our input open."""
        while self.process_id is None or psutil.pid_exists(self.process_id):
            await asyncio.sleep(_CLIENT_SECONDS)
        self.end()
        os._exit(1)


def _register(server: EditorServer) -> None:
    """What the editor may ask, beside what the protocol class hears itself."""

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        server.initialized()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.configured(params.initialization_options)

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        for sheet in server.sheets.values():
            sheet.close()
        threading.Thread(target=server.end, name="prover end").start()  # the Leans are gone before `exit`

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configuration(params: types.DidChangeConfigurationParams) -> None:
        if isinstance(params.settings, Mapping):
            server.configured(params.settings.get("prover"))

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return await _answered(actions_at(server, params))

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        return await _answered(lenses_of(server, params))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        return await _answered(hover_at(server, params))

    for name in COMMANDS:
        server.command(name)(_announced)


def _announced() -> None:
    """Commands are named to the editor; `EditorServer.asked` carries them out."""


async def _answered(answer: Awaitable[T]) -> T:
    """The answer, with our errors told as those of the protocol."""
    try:
        return await answer
    except ProverError as error:
        raise JsonRpcInternalError(str(error)) from error


def _settings(folder: Path, trouble: list[str]) -> Settings:
    try:
        return load_settings(folder)
    except InputError as error:
        trouble.append(str(error))
        return Settings()
