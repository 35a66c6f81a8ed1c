assert not [1]
