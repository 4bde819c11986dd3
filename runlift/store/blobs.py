"""The blob folder: bytes of media, tensors and artifacts, each once, under its SHA-256."""

from __future__ import annotations

import hashlib
import os
import uuid


def blob_path(root: str, digest: str) -> str:
    """Where a blob lies."""
    return os.path.join(root, "blobs", digest[:2], digest)


def put_blob(root: str, data: bytes) -> str:
    """Keep bytes and return their digest; bytes that are there already are not written again."""
    digest = hashlib.sha256(data).hexdigest()
    path = blob_path(root, digest)
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = f"{path}.{uuid.uuid4().hex}.tmp"
        with open(part, "wb") as f:
            f.write(data)
        os.replace(part, path)
    return digest
