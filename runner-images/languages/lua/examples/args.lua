print(#arg, table.unpack(arg))
