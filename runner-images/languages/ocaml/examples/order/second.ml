let value n = First.add n 2
