transitions = {("new", "pay"): "paid", ("paid", "ship"): "shipped", ("new", "cancel"): "cancelled", ("shipped", "return"): "returned"}
state, history = "new", []
for event in ["pay", "cancel", "ship", "return"]:
    following = transitions.get((state, event))
    history.append({"event": event, "from": state, "to": following, "accepted": following is not None})
    state = following or state
print(state)
history
