local greeting = {}

function greeting.hello(name)
  return "hello " .. name
end

return greeting
