"""Questions about runs: one file each, used by the command line and by Python."""
