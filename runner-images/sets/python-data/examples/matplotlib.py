import matplotlib
import matplotlib.pyplot as plt

plt.plot([1, 2, 3], [1, 4, 9])
plt.title("squares")
plt.savefig("plot.png")
with open("plot.png", "rb") as file:
    print(matplotlib.get_backend().lower(), file.read(4)[1:].decode())
