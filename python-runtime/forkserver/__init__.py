"""The fork server inside the jail, and what runs a program in its children."""
