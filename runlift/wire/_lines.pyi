from typing import TypeAlias

Bytes: TypeAlias = bytes | bytearray | memoryview

class Table:
    def __init__(self, most_keys: int = ..., most_bytes: int = ...) -> None: ...
    def scan(
        self, data: Bytes, /
    ) -> tuple[bytearray, bytearray, bytearray, bytearray, bytearray, bytearray, list[bytes]]: ...
