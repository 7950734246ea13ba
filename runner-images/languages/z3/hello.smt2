(echo "Hello World!")
