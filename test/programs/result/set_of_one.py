{"only": {5}, "empty": set(), "frozen": frozenset({1})}
