"""Generated cases of which the motive is known, as evidence items: to measure judgements, not to make them."""
