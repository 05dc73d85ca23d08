"""A Model Context Protocol server whose refusals of arguments say what was wrong and what would be right."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, InputRequiredResult
from pydantic import ValidationError


class ToolServer(MCPServer[Any]):
    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Also refuses arguments that the tool does not have: a misspelt one would not be missed."""
        taken = {tool.name: list(tool.input_schema.get("properties", {})) for tool in await self.list_tools()}
        unknown = [each for each in arguments if each not in taken.get(name, arguments)]
        if unknown:
            raise ToolError(f"{name} has no argument {', '.join(unknown)}; it takes {', '.join(taken[name])}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            wrong = "; ".join(_told(each) for each in error.__cause__.errors())
            raise ToolError(f"{name}: {wrong}") from None


def _told(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"`{where}` is missing"
    return f"`{where}` can't be {error['input']!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"
