parse arg name
return "hello" name
