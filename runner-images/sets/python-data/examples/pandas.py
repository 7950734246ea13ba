import pandas as pd

frame = pd.DataFrame({"k": ["a", "b", "a"], "n": [1, 2, 3]})
print(frame.groupby("k").sum().rename_axis(None))
