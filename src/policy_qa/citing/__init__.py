"""How provisions are named by number, and what a number leads to: clean, find, resolve, annotate.

`clean` folds a text, `find` reads the mentions in it, `resolve` (in policies `standing`) leads a place to provisions
or says that there is none, `annotate` writes something in the place of mentions. No other module parses 第X条.
"""
