"""``python -m runlift``."""

from runlift.cli.main import main

main()
