"""The shared types and Arrow schemas; imports nothing of ours."""
