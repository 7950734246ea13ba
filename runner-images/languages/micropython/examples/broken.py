def f():
    print("never"
