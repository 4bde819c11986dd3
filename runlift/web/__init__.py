"""The local app: a server on this machine and the built front end."""
