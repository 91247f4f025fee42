"""The MCP server: what a member may see and log, as tools for an assistant. A door like the API, over stdio and HTTP.

The SDK takes a second and fifty megabytes to load, so only `http` and `stdio`, and what they lead to, import it; `views`
and `urls` do not.
"""
