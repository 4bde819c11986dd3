"""Bytes only: record framing, event decoding, line shapes; the compiled kernels and their slow twins."""
