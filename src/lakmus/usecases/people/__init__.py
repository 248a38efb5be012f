"""One customer: their page, who is who, and how they are forgotten."""
