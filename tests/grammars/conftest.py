"""Scripts that record samples are no tests."""

collect_ignore = ["record"]
