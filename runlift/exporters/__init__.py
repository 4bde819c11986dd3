"""Export targets: one file a target, found by the folder listing."""
