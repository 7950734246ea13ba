hello := name -> Concatenation("hello ", name);
