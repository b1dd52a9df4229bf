"""From the case to evidence items: one module for each thing that can be looked at."""
