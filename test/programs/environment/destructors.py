class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("bye", self.name)


Loud("temporary")
named = Loud("named")
del named


def scope():
    local = Loud("local")
    print("in scope")


scope()
kept = Loud("kept until the end")
print("end of the program")
