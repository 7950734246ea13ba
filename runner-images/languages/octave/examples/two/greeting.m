1;

function text = hello(name)
  text = ["hello " name];
end
