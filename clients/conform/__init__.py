"""The conformance run: what the specifications promise against what the desk answers."""
