print("warmth")
