"""The language server as an editor meets it: a process of its own, with a real Lean.

One server serves all tests of this file but those of its end; each has documents of its own.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Union

import psutil
import pytest
import pytest_lsp
from lsprotocol import types
from platformdirs import user_cache_path
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from prover.editor.columns import Encoding
from prover.editor.documents import Document, Place
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import parse_source

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMAND = [sys.executable, "-m", "prover", "lsp"]
DOUBLE = """def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

theorem double_eq (n : Nat) : double n = n + n := by
  sorry
"""
LEFT = """unsolved goals
case left
p q : Prop
h : p ∧ q
⊢ q

case right
p q : Prop
h : p ∧ q
⊢ p"""
SWAP = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n"
LENGTHS = """theorem lengths (xs ys : List Nat) : (xs ++ ys).reverse.length = ys.length + xs.length := by
  sorry
"""
LEANING = """opaque f : Nat → Nat

theorem f_zero : f 0 = 0 := sorry

theorem f_f_zero : f (f 0) = 0 := sorry
"""
HARD = """theorem fermat (a b c n : Nat) (h : n > 2) (k : a * b * c > 0) : a ^ n + b ^ n ≠ c ^ n := by
  sorry

theorem later (p q : Prop) : p ∧ q → q ∧ p := sorry
"""


class Editor:
    """An editor: it keeps the text of its documents, and puts edits for their present version into them."""

    def __init__(self, client: LanguageClient, encoding: Encoding = Encoding.UTF32) -> None:
        self.client = client
        self.encoding = encoding
        self.documents: dict[str, Document] = {}
        self.asked: list[types.ShowMessageRequestParams] = []
        self.choice = ""
        self.before_choice: Callable[[], object] = lambda: None
        self.refuses = False
        self.tokens: list[types.ProgressToken] = []
        client.feature(types.WORKSPACE_APPLY_EDIT)(lambda params: self._apply(params))
        client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)(lambda params: self._choose(params))
        client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lambda params: None)

    def open(self, name: str, text: str) -> str:
        uri = f"file:///nowhere/{name}"
        self.documents[uri] = Document(Path(name), text, 1)
        item = types.TextDocumentItem(uri, "lean4", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def text(self, uri: str) -> str:
        return "".join(self.documents[uri].lines)

    def type(self, uri: str, line: int, column: int, text: str, end: int | None = None) -> None:
        """Columns are in characters."""
        document = self.documents[uri]
        last = column if end is None else end
        units = [self.encoding.units(document.lines[line][:at]) for at in (column, last)]
        document.replace(Place(line, column), Place(line, last), text)
        document.version += 1
        at = types.Range(types.Position(line, units[0]), types.Position(line, units[1]))
        change = types.TextDocumentContentChangePartial(range=at, text=text)
        name = types.VersionedTextDocumentIdentifier(document.version, uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(name, [change]))

    async def actions(
        self, uri: str, line: int, column: int, diagnostics: tuple[types.Diagnostic, ...] = ()
    ) -> dict[str, types.CodeAction]:
        at = types.Position(line, column)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), types.Range(at, at), types.CodeActionContext(diagnostics)
        )
        found = await self.client.text_document_code_action_async(params)
        return {action.title: action for action in found or [] if isinstance(action, types.CodeAction)}

    async def run(self, action: types.CodeAction, number: str | None = None) -> Any:
        assert action.command is not None
        params = types.ExecuteCommandParams(action.command.command, action.command.arguments)
        method = types.WORKSPACE_EXECUTE_COMMAND
        protocol: Any = self.client.protocol
        return await protocol.send_request_async(method, params, number)

    def take(self, edit: types.WorkspaceEdit) -> bool:
        """Apply an edit, unless it is for another version."""
        for change in edit.document_changes or []:
            assert isinstance(change, types.TextDocumentEdit)
            uri, version = change.text_document.uri, change.text_document.version
            if version != self.documents[uri].version:
                return False
            for each in change.edits:
                assert isinstance(each, types.TextEdit)
                start, end = each.range.start, each.range.end
                assert start.line == end.line
                line = self.documents[uri].lines[start.line]
                columns = [self.encoding.characters(line, at.character) for at in (start, end)]
                self.type(uri, start.line, columns[0], each.new_text, columns[1])
        return True

    def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return types.ApplyWorkspaceEditResult(not self.refuses and self.take(params.edit))

    def _choose(self, params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        self.asked.append(params)
        self.before_choice()
        return next((each for each in params.actions or [] if self.choice in each.title), None)


def capabilities(*encodings: types.PositionEncodingKind) -> types.ClientCapabilities:
    found = client_capabilities("visual-studio-code")
    assert found.general is not None
    found.general.position_encodings = list(encodings)
    return found


def make_client() -> LanguageClient:
    """With one correction: lsprotocol takes a code action that has a command for the command."""
    client = pytest_lsp.make_test_lsp_client()
    either = Union[types.Command, types.CodeAction]  # noqa: UP007

    def read(given: Any, _: Any) -> Any:
        kind = types.Command if isinstance(given.get("command"), str) else types.CodeAction
        return client.protocol._converter.structure(given, kind)

    client.protocol._converter.register_structure_hook(either, read)
    return client


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    scope="module", config=ClientServerConfig(server_command=COMMAND, client_factory=make_client)
)
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    options = types.InitializeParams(capabilities=capabilities(types.PositionEncodingKind.Utf32))
    await lsp_client.initialize_session(options)
    yield
    await lsp_client.shutdown_session()


@pytest.fixture(scope="module")
def editor(client: LanguageClient) -> Editor:
    return Editor(client)


def assert_compiles(lean: EmbeddedGateway, text: str) -> None:
    source = parse_source(Path("Result.lean"), text.encode())
    assert not lean.check(source)


async def test_a_hole_is_proved(editor: Editor, lean: EmbeddedGateway) -> None:
    uri = editor.open("Proved.lean", SWAP)
    actions = await editor.actions(uri, 1, 4)
    answer = await editor.run(actions["Prove this"])
    assert answer["status"] == "proved" and answer["applied"]
    assert "sorry" not in editor.text(uri)
    assert_compiles(lean, editor.text(uri))


async def test_a_suggestion_is_chosen(editor: Editor, lean: EmbeddedGateway) -> None:
    uri = editor.open("Swap.lean", SWAP)
    editor.choice = ""
    answer = await editor.run((await editor.actions(uri, 1, 2))["Suggest next tactics"])
    chosen = answer["suggestions"][0]
    assert editor.text(uri).startswith(SWAP.replace("sorry\n", chosen["tactic"]))
    assert editor.text(uri).count("sorry") == len(chosen["leaves"])
    assert_compiles(lean, editor.text(uri))


async def test_suggestions_are_offered_as_edits_when_they_are_found(
    editor: Editor, lean: EmbeddedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = editor.open("Again.lean", SWAP)
    monkeypatch.delitem(editor.client.protocol.fm.features, types.WINDOW_SHOW_MESSAGE_REQUEST)
    monkeypatch.setattr(editor.client, "report_server_error", lambda *refused: None)
    await editor.run((await editor.actions(uri, 1, 2))["Suggest next tactics"])
    assert "among the code actions" in editor.client.messages[-1].message
    wanted = {
        "Try this: constructor  — leaves ⊢ q | ⊢ p",
        "Try this: obtain ⟨h1, h2⟩ := h  — leaves h1 : p, h2 : q ⊢ q ∧ p",
    }
    while not wanted <= set(actions := await editor.actions(uri, 1, 2)):
        await asyncio.sleep(0.05)
    proof = next(action for title, action in actions.items() if title.endswith("proves it"))
    assert proof.edit is not None and editor.take(proof.edit)
    assert_compiles(lean, editor.text(uri))


@pytest.mark.parametrize("way", ["Prove this", "Try the library"])
async def test_a_proof_that_leans_on_an_open_theorem_is_offered_as_that(
    editor: Editor, way: str, lean: EmbeddedGateway
) -> None:
    uri = editor.open(f"{way}.lean".replace(" ", ""), LEANING)
    answer = await editor.run((await editor.actions(uri, 4, 25))[way])
    assert answer["status"] == "conditional" and answer["assumes"] == ["f_zero"] and not answer["applied"]
    title, offered = next(iter((await editor.actions(uri, 4, 25)).items()))
    assert title.startswith("Try this: ") and title.endswith("leans on f_zero, which is open")
    assert offered.edit is not None and editor.take(offered.edit)
    assert editor.text(uri).count("sorry") == 1
    assert_compiles(lean, editor.text(uri))


async def test_a_search_ends_at_once_when_it_is_cancelled(editor: Editor) -> None:
    uri = editor.open("Cancelled.lean", HARD)
    running = await started(editor, uri)
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(editor.tokens[-1]))
    answer = await asyncio.wait_for(running, 2)
    assert answer["status"] == "cancelled"
    assert editor.text(uri) == HARD


async def test_a_request_that_is_cancelled_ends_its_search(editor: Editor) -> None:
    uri = editor.open("Requested.lean", HARD)
    running = await started(editor, uri, "the request")
    editor.client.cancel_request(types.CancelParams("the request"))
    with pytest.raises(JsonRpcException):
        await asyncio.wait_for(running, 2)


async def test_a_search_goes_on_while_the_user_types_elsewhere(editor: Editor, lean: EmbeddedGateway) -> None:
    uri = editor.open("Elsewhere.lean", LENGTHS)
    running = await started(editor, uri)
    editor.type(uri, 0, 0, "-- 𝔸 comment\n")
    editor.type(uri, 3, 0, "\ntheorem more : True := trivial\n")
    answer = await running
    assert answer["status"] == "proved" and answer["applied"]
    assert editor.text(uri).startswith("-- 𝔸 comment\ntheorem") and "sorry" not in editor.text(uri)
    assert_compiles(lean, editor.text(uri))


async def test_a_search_is_dropped_when_its_hole_is_edited(editor: Editor) -> None:
    uri = editor.open("Dropped.lean", HARD)
    running = await started(editor, uri)
    editor.type(uri, 0, 0, "private ")
    editor.type(uri, 0, 16, "last_")
    answer = await asyncio.wait_for(running, 2)
    assert answer["status"] == "dropped"


async def test_what_was_offered_for_another_version_is_refused(editor: Editor) -> None:
    uri = editor.open("Stale.lean", DOUBLE)
    actions = await editor.actions(uri, 5, 2)
    editor.type(uri, 0, 0, "\n")
    with pytest.raises(JsonRpcException, match="has changed"):
        await editor.run(actions["Prove this"])


async def test_two_documents_and_unsolved_goals(editor: Editor, lean: EmbeddedGateway) -> None:
    first = editor.open("First.lean", "theorem a (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  constructor\n")
    second = editor.open("Second.lean", "example : 1 + 1 = 2 := sorry\nexample : 1 + 2 = 3 := sorry\n")
    column = editor.documents[first].lines[0].index("by")
    at = types.Range(types.Position(0, column), types.Position(1, 13))
    complaint = types.Diagnostic(range=at, message=LEFT)
    one = (await editor.actions(first, 1, 4, (complaint,)))["Prove this"]
    two = (await editor.actions(second, 1, 25))["Prove this"]
    answers = await asyncio.gather(editor.run(one), editor.run(two))
    assert [answer["applied"] for answer in answers] == [True, True]
    assert editor.text(second).startswith("example : 1 + 1 = 2 := sorry\n")
    assert_compiles(lean, editor.text(first))
    assert_compiles(lean, editor.text(second).replace("sorry", "rfl"))


async def test_what_was_proved_is_offered_where_it_was_not_taken(
    editor: Editor, lean: EmbeddedGateway
) -> None:
    uri = editor.open("Refused.lean", "theorem a (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  constructor\n")
    start = types.Position(0, editor.documents[uri].lines[0].index("by"))
    complaint = types.Diagnostic(types.Range(start, start), LEFT)
    editor.refuses = True
    answer = await editor.run((await editor.actions(uri, 1, 4, (complaint,)))["Prove this"])
    editor.refuses = False
    assert answer["status"] == "proved" and not answer["applied"]
    title, offered = next(iter((await editor.actions(uri, 1, 4, (complaint,))).items()))
    assert title.startswith("Try this: ") and offered.edit is not None and editor.take(offered.edit)
    assert_compiles(lean, editor.text(uri))


async def test_hover_and_lenses(editor: Editor) -> None:
    uri = editor.open("Shown.lean", DOUBLE)
    name = types.TextDocumentIdentifier(uri)
    (lens,) = await editor.client.text_document_code_lens_async(types.CodeLensParams(name)) or []
    assert lens.range.start.line == 4 and lens.command is not None and lens.command.title == "Prove this"
    at = types.HoverParams(name, types.Position(5, 3))
    hover = await editor.client.text_document_hover_async(at)
    assert hover is not None and isinstance(hover.contents, types.MarkupContent)
    assert "⊢ double n = n + n" in hover.contents.value and "not tried yet" in hover.contents.value


async def test_bad_arguments_are_told(editor: Editor) -> None:
    params = types.ExecuteCommandParams("prover.prove", [{"uri": 3}])
    with pytest.raises(JsonRpcException, match="argument must be"):
        await editor.client.workspace_execute_command_async(params)


async def started(editor: Editor, uri: str, number: str | None = None) -> asyncio.Task[Any]:
    """A search for the first hole of a document, once the server says that it is under way."""
    line, text = next((n, line) for n, line in enumerate(editor.documents[uri].lines) if "sorry" in line)
    action = (await editor.actions(uri, line, text.index("sorry")))["Prove this"]
    before = set(editor.client.progress_reports)
    running = asyncio.ensure_future(editor.run(action, number))
    while not (new := set(editor.client.progress_reports) - before):
        await asyncio.sleep(0.01)
    editor.tokens.extend(new)
    return running


# Servers of their own


async def begun(encoding: Encoding, options: dict[str, Any], env: dict[str, str] | None = None) -> Editor:
    client = make_client()
    await client.start_io(*COMMAND, env={**os.environ, **(env or {})})
    editor = Editor(client, encoding)
    able = capabilities(types.PositionEncodingKind(encoding.value))
    await client.initialize_session(types.InitializeParams(capabilities=able, initialization_options=options))
    return editor


async def leave(editor: Editor) -> None:
    client: Any = editor.client
    await client.stop()


async def ended(editor: Editor) -> int | None:
    """Take leave as an editor does. Answers the server's exit status, when none of its processes is left."""
    server = editor.client._server
    assert server is not None
    started = psutil.Process(server.pid).children(recursive=True)
    await editor.client.shutdown_session()
    psutil.wait_procs(started, timeout=10)
    assert not [process for process in started if process.is_running()]
    await leave(editor)
    return server.returncode


async def test_hints_in_the_background_and_a_lean_that_is_killed(lean: EmbeddedGateway) -> None:
    editor = await begun(Encoding.UTF16, {"background": True})
    line = "/- 𝔸😀 -/ theorem one : 1 + 1 = 2 := sorry\n"
    column = len(line[: line.index("sorry")].encode("utf-16-le")) // 2
    uri = editor.open("Hints.lean", line)
    while not editor.client.diagnostics.get(uri):
        await asyncio.sleep(0.05)
    (hint,) = editor.client.diagnostics[uri]
    assert hint.severity is types.DiagnosticSeverity.Hint and hint.range.start.character == column
    assert editor.client._server is not None
    for process in psutil.Process(editor.client._server.pid).children(recursive=True):
        process.kill()
    title, offered = next(iter((await editor.actions(uri, 0, column)).items()))
    assert title.startswith("Try this: ") and offered.edit is not None and editor.take(offered.edit)
    editor.type(uri, 0, 0, SWAP)
    answer = await editor.run((await editor.actions(uri, 1, 3))["Prove this"])
    assert answer["applied"] and not editor.asked
    assert_compiles(lean, editor.text(uri))
    assert await ended(editor) == 0


def elsewhere(cache: Path) -> dict[str, str]:
    """An environment without a Lean, until one is in that cache folder."""
    return {"XDG_CACHE_HOME": str(cache), "PATH": "/usr/bin:/bin", "ELAN_HOME": str(cache)}


async def test_a_missing_lean_is_told_once(tmp_path: Path) -> None:
    editor = await begun(Encoding.UTF8, {}, elsewhere(tmp_path))
    uri = editor.open("Missing.lean", "theorem 𝔸 : True := sorry\n")
    editor.choice = "nothing"
    for _ in range(2):
        action = (await editor.actions(uri, 0, 30))["Prove this"]
        assert (await editor.run(action))["status"] == "error"
    (asked,) = editor.asked
    assert "prover setup" in asked.message and [each.title for each in asked.actions or []] == ["Retry"]
    name = types.TextDocumentIdentifier(uri)
    (lens,) = await editor.client.text_document_code_lens_async(types.CodeLensParams(name)) or []
    assert lens.command is not None and "Lean failed" in lens.command.title
    assert await ended(editor) == 0


async def test_a_lean_that_comes_back_is_used_on_retry(tmp_path: Path) -> None:
    editor = await begun(Encoding.UTF16, {}, elsewhere(tmp_path))
    uri = editor.open("Again.lean", SWAP)
    editor.choice = "Retry"
    editor.before_choice = lambda: (tmp_path / "prover").symlink_to(user_cache_path("prover"))
    answer = await editor.run((await editor.actions(uri, 1, 3))["Prove this"])
    assert answer["applied"] and "sorry" not in editor.text(uri)
    assert len(editor.asked) == 1
    assert await ended(editor) == 0


async def test_the_server_ends_when_its_editor_is_gone() -> None:
    editor = await begun(Encoding.UTF32, {})
    uri = editor.open("Gone.lean", HARD)
    running = await started(editor, uri)
    server = editor.client._server
    assert server is not None and server.stdin is not None
    while not (leans := psutil.Process(server.pid).children(recursive=True)):
        await asyncio.sleep(0.05)
    server.stdin.close()
    await server.wait()
    psutil.wait_procs(leans, timeout=10)
    assert not [process for process in leans if process.is_running()]
    running.cancel()
    await leave(editor)
