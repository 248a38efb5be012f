"""The API face: programs push activities and read what the pages show."""
