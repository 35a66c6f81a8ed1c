colour = 1
raise_it = colou
