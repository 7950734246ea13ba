function hello -a name
  echo hello $name
end
