"""The doors for programs: HTTP, the OpenAI protocol, MCP, metrics; one service behind all of them."""
