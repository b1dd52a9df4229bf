"""Where the work on evidence runs: worker processes with limits."""
