"""Proof that nothing was lost: what a source or a destination holds, held against the store by other code than ours.

Each file pair verifies one thing: ``event_files`` compares event files with the store through TensorBoard's own reader.
All answer with a ``VerifyReport``.
"""
