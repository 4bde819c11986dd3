"""The command line: one file a command, each parses options, calls one public function and renders its answer."""
