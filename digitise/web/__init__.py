"""The web application: a door like the command line, for people who never use a terminal. Start reading at app.py."""
