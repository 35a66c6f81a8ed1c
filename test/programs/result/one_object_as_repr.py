class Custom:
    def __repr__(self):
        return "<Custom>"


Custom()
