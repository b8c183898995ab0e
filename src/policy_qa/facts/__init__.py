"""What a document is: what it says about itself, what is done to it, and its text on a day.

Import from the modules. `head` and `dates` read plain text and come before there are provisions; the others come after.
"""
