"""Who is being lost: the definition, the states, the probability, and the company's own past as judge."""
