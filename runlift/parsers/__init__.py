"""Source formats: one file a format, found by the folder listing."""
