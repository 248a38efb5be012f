"""Where a company's history comes from: one folder per kind of source. Each imports `history` only."""
