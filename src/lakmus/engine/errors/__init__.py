"""Service errors, found from facts. One detector a module; the catalogue names all kinds."""
