$ARGS.positional | tojson
