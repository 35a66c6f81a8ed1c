error = ValueError("row is bad")
error.add_note("in line 7 of the upload")
error.add_note("column: précio")
raise error
