"""Questions about runs, used by the command line, Python, the report and the app alike. Answers are data."""
