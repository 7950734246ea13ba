# Without input, the image runs the script once with an empty line.
s/^$/Hello World!/
