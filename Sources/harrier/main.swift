print("harrier")
