"""What keeps strangers out: passwords, sessions, where a request comes from, headers and limits. gate.py puts them in order."""
