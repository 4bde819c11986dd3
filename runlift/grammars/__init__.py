"""Log grammars: the engine, and one TOML file a grammar with its sample and its expected result."""
