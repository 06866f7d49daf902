"""Keeps what came in order and sends what goes out, at the pace the platforms allow."""
