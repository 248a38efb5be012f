"""Views: parse the request, make one call, show the answer."""
