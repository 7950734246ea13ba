pforth -q dictionary.fs
