"""Apply, compare and delete sets of objects, for asyncio and trio."""

__all__: list[str] = []
