"""What the language server says to the user, and asks. An editor that can't be asked is told instead."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer

from prover.errors import ProverError

_RETRY = "Retry"


class Dialogue:
    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._complaint: str | None = None  # what the user was told of Lean, until Lean works again

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        self._server.window_show_message(types.ShowMessageParams(kind, message))

    async def choice(
        self,
        message: str,
        choices: Sequence[str],
        otherwise: str,
        kind: types.MessageType = types.MessageType.Info,
    ) -> str | None:
        """Which one the user takes, None for none. `otherwise` is said where the editor can't ask."""
        actions = [types.MessageActionItem(each) for each in choices]
        request = types.ShowMessageRequestParams(type=kind, message=message, actions=actions)
        try:
            chosen = await self._server.window_show_message_request_async(request)
        except JsonRpcMethodNotFound:
            self.say(otherwise, kind)
            return None
        return None if chosen is None else chosen.title

    async def retries(self, error: ProverError) -> bool:
        """Say once that Lean can't be used, and ask whether to try again."""
        complaint = str(error)
        if self._complaint == complaint:
            return False
        self._complaint = complaint
        message = f"prover: {complaint}"
        again = await self.choice(message, [_RETRY], message, types.MessageType.Error) == _RETRY
        if again:
            self._complaint = None
        return again

    def lean_works(self) -> None:
        """What goes wrong from now on is news."""
        self._complaint = None
