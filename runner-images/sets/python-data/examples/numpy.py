import numpy as np

print(np.arange(5).sum())
print(np.sqrt(np.array([1, 4, 16])))
