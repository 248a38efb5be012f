"""The state: small Django applications in the relational database, each with models, changes and queries."""
