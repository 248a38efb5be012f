"""The web face: parse a request, make one call, show the answer."""
