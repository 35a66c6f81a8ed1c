class Chatty:
    def __repr__(self):
        print("repr called")
        return "chatty"


Chatty()
