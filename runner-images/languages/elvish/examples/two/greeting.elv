fn hello {|name| echo hello $name }
