"""The command line: parses, resolves, runs, prints; holds no logic."""
