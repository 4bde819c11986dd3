"""From paths to runs: discover, recognise, guard, identity, join, normalise, steps, ledger."""
