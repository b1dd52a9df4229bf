"""The order of the stages, resumable; no logic of its own."""
