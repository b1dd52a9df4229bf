"""Opens, hashes, recognises and unpacks what was handed in; keeps the custody ledger."""
